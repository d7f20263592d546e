"""Health: ``/healthz`` says that the process answers, ``/readyz`` that it can serve.

Both are open to everybody, need no database to be asked, and name no address, no reason and no secret.
"""

from __future__ import annotations

import math

from django.http import HttpRequest, HttpResponseBase

from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.responses import json_response
from oauthcore.flows.upkeep.readiness import REMEMBERED_FOR, State, readiness
from oauthcore.rules.errors.oauth import TemporarilyUnavailable


@json_endpoint("GET", "HEAD", is_cross_origin=False)
def healthz(request: HttpRequest) -> HttpResponseBase:
    """Say that the process answers. Nothing else is asked."""
    return json_response({"status": "ok"})


@json_endpoint("GET", "HEAD", is_cross_origin=False)
def readyz(request: HttpRequest) -> HttpResponseBase:
    """Say what this process needs to serve, and whether each of it works: 200, or else 503."""
    states = readiness.states()
    if set(states.values()) == {State.OK}:
        return json_response({"status": "ok", "checks": states})
    refusal = TemporarilyUnavailable("not ready")
    return json_response(
        {
            "status": "failed",
            "checks": states,
            "error": refusal.error,
            "error_description": refusal.description,
        },
        status=refusal.status,
        headers={"Retry-After": str(math.ceil(REMEMBERED_FOR))},
    )
