"""The devices on which a person is signed in: ``/v1/auth/devices`` (wire §6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from oauthcore.api.sign_in.device_members import device_members
from oauthcore.api.sign_in.session import require_session
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.responses import NO_STORE, json_response
from oauthcore.flows.connections.connections import DeviceSession, devices_of
from oauthcore.flows.sign_in.device_sessions import end_device, end_devices
from oauthcore.flows.sign_in.session_tokens import SIGNED_OUT
from oauthcore.flows.tokens.owner import require_person
from oauthcore.models import Grant
from oauthcore.rules.errors.sign_in import NotFound
from oauthcore.rules.wire.moments import timestamp


@json_endpoint("GET", "HEAD", "DELETE", challenge="Bearer", is_cross_origin=False)
def devices(request: HttpRequest) -> HttpResponseBase:
    """List the person's devices, latest use first. DELETE ends the sessions of all other devices."""
    session, now = require_session(request), timezone.now()
    person = require_person(session)
    if request.method == "DELETE":
        end_devices(person, now=now, reason=SIGNED_OUT, but=session.grant)
        return _done()
    found = devices_of(person, now=now)
    return json_response({"devices": [_in_words(one, session.grant) for one in found]})


@json_endpoint("DELETE", challenge="Bearer", is_cross_origin=False)
def device(request: HttpRequest, *, uuid: str) -> HttpResponseBase:
    """End the session of one of the person's devices, the calling one included. Other people's are 404."""
    session = require_session(request)
    try:
        wanted = UUID(uuid)
    except ValueError:
        raise NotFound("the address holds no UUID") from None
    if end_device(require_person(session), wanted, now=timezone.now(), reason=SIGNED_OUT) is None:
        raise NotFound("the person has no such device")
    return _done()


def _in_words(one: DeviceSession, current: Grant) -> dict[str, Any]:
    which = device_members(
        uuid=one.uuid,
        client_uuid=one.client_uuid,
        name=one.label,
        platform=one.platform,
        app_version=one.app_version,
        created_at=one.since,
    )
    return {
        **which,
        "last_seen_at": timestamp(one.last_use.at),
        "last_address": one.last_use.address,
        "current": one.uuid == current.uuid,
    }


def _done() -> HttpResponse:
    return HttpResponse(status=204, headers=NO_STORE)
