"""Knox's dialect: signing out by the token of the request, at the addresses of its clients."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from oauthcore.api.sign_in.session import require_session
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.responses import NO_STORE
from oauthcore.flows.sign_in.device_sessions import end_devices
from oauthcore.flows.sign_in.session_tokens import SIGNED_OUT
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.flows.tokens.owner import require_person

_endpoint = json_endpoint("POST", challenge="Bearer", is_cross_origin=False)


@_endpoint
def logout(request: HttpRequest) -> HttpResponseBase:
    """End the session of the token."""
    end_grant(require_session(request).grant, SIGNED_OUT, now=timezone.now())
    return _done()


@_endpoint
def logout_all(request: HttpRequest) -> HttpResponseBase:
    """End every device session of the token's person."""
    end_devices(require_person(require_session(request)), now=timezone.now(), reason=SIGNED_OUT)
    return _done()


def _done() -> HttpResponse:
    return HttpResponse(status=204, headers=NO_STORE)
