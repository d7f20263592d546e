"""SimpleJWT's dialect: refreshing and signing out at the addresses and in the shapes of its clients."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.requests import body_parameters
from oauthcore.api.wire.responses import error_response, json_response
from oauthcore.flows.sign_in import session_tokens
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.errors.sign_in import InvalidRefreshToken, RefreshTokenReused
from oauthcore.rules.text.hidden_text import HiddenText

_endpoint = json_endpoint("POST", challenge="Bearer", is_cross_origin=False)


@_endpoint
def token_refresh(request: HttpRequest) -> HttpResponseBase:
    """Trade ``refresh`` for ``access`` and the next ``refresh``. The account is the one of the session."""
    refresh = _refresh_in(request)
    if refresh is None:
        return _refused(InvalidRequest("The parameter refresh is required."))
    try:
        tokens = session_tokens.refresh_session(
            refresh_token=refresh, account_uuid=session_tokens.usual_account
        )
    except (InvalidRefreshToken, RefreshTokenReused) as refusal:
        return _refused(refusal)
    issued = tokens.issued
    return json_response(
        {
            "access": issued.access_token.reveal(),
            "refresh": issued.refresh_token.reveal() if issued.refresh_token else None,
        }
    )


@_endpoint
def token_blacklist(request: HttpRequest) -> HttpResponseBase:
    """End the session of ``refresh``. An unknown one counts as signed out."""
    refresh = _refresh_in(request)
    if refresh is None:
        return _refused(InvalidRequest("The parameter refresh is required."))
    session_tokens.sign_out(refresh)
    return json_response({})


def _refresh_in(request: HttpRequest) -> HiddenText | None:
    return body_parameters(request, ("refresh",)).secret("refresh")


def _refused(refusal: InvalidRequest | InvalidRefreshToken | RefreshTokenReused) -> HttpResponseBase:
    """Return a refusal with the members that these clients look for."""
    events.note_refusal(refusal)
    dead = {"detail": "Token is invalid", "code": "token_not_valid"}
    missing = {"refresh": ["This field is required."]}
    return error_response(
        refusal, challenge="Bearer", beside=missing if isinstance(refusal, InvalidRequest) else dead
    )
