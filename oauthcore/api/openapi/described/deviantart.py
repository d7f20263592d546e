"""DeviantArt's dialect: the same flows, with a ``status`` in every answer."""

from __future__ import annotations

from oauthcore.api.dialects.deviantart import REVOKE
from oauthcore.api.openapi.described.oauth import (
    OF_CLIENTS,
    of_clients,
    token_body,
    token_refusals,
)
from oauthcore.api.openapi.described.parameters import PARAMETERS
from oauthcore.api.openapi.described.tokens import any_token, of_bearers
from oauthcore.api.openapi.operations import FORMS, Answer, Body, Operation
from oauthcore.api.openapi.schemas import Schema, boolean, members, one_of, picked, ref
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.flows.oauth.grants.client_credentials import CLIENT_CREDENTIALS
from oauthcore.rules.errors.oauth import MethodNotAllowed, NotYours
from oauthcore.rules.errors.resources import NoTokenToCheck
from oauthcore.rules.oauth import client_credentials

TAG = "DeviantArt's dialect"


def _status() -> Schema:
    return members({"status": one_of("success")})


def _tokens() -> dict[int, Answer]:
    return {200: Answer("The tokens.", {"allOf": [ref("OAuthTokens"), _status()]})}


def token_request() -> Schema:
    """Return the schema of a token request, where a code needs its redirect URI."""
    return token_body(required=["redirect_uri"])


def token() -> Operation:
    """Describe the dialect's token endpoint."""
    return Operation(
        summary="Issue tokens; a code needs its redirect_uri",
        tag=TAG,
        body=Body(ref("DeviantArtTokenRequest"), FORMS),
        security=OF_CLIENTS,
        answers=_tokens(),
        refusals=token_refusals(),
    )


def token_by_get() -> Operation:
    """Describe client credentials by GET."""
    known, several = grant_types.parameters_read()
    own = {*CLIENT_CREDENTIALS.required, *CLIENT_CREDENTIALS.optional, *CLIENT_CREDENTIALS.several}
    names = (known | several) & {*client_credentials.PARAMETERS, *own}
    return Operation(
        summary="Issue a token by GET, to a legacy application that staff allow to ask so",
        tag=TAG,
        query={"grant_type": one_of(CLIENT_CREDENTIALS.name), **picked(PARAMETERS, names)},
        query_required=("grant_type",),
        security=OF_CLIENTS,
        answers=_tokens(),
        refusals=[*token_refusals(), MethodNotAllowed],
    )


def revocation() -> Schema:
    """Return the schema of a revocation."""
    return members(picked(PARAMETERS, ["token"]), picked(PARAMETERS, REVOKE - {"token"}))


def revoke() -> Operation:
    """Describe the dialect's revocation."""
    return Operation(
        summary="End all that the person of a token has allowed its application",
        tag=TAG,
        body=Body(ref("DeviantArtRevocation"), FORMS),
        security=OF_CLIENTS,
        answers={200: Answer("It has ended.", members({"success": boolean()}))},
        refusals=of_clients(NotYours),
    )


def placebo() -> Operation:
    """Describe the check of a token."""
    return Operation(
        summary="Tell whether a token is live",
        tag=TAG,
        security=any_token(),
        answers={200: Answer("It is live.", _status())},
        refusals=of_bearers(NoTokenToCheck),
    )


def placebo_by_form() -> Operation:
    """Describe the same check where the token is in a form."""
    return Operation(
        summary="The same, with the token in the header or in a form",
        tag=TAG,
        body=Body(members({}, picked(PARAMETERS, ["access_token"])), FORMS[:1], is_required=False),
        security=any_token(),
        answers={200: Answer("It is live.", _status())},
        refusals=of_bearers(NoTokenToCheck),
    )
