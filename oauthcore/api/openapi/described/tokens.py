"""What a token says of itself and of its person."""

from __future__ import annotations

from oauthcore import conf
from oauthcore.api.openapi.described.parameters import PARAMETERS
from oauthcore.api.openapi.operations import FORMS, Answer, Body, Operation
from oauthcore.api.openapi.schemas import (
    Schema,
    boolean,
    integer,
    members,
    moment,
    one_of,
    or_null,
    picked,
    several,
    table,
    text,
    uuid,
)
from oauthcore.api.openapi.schemes import OAUTH2, Requirement, bearer_schemes
from oauthcore.flows.tokens.verify import KINDS
from oauthcore.rules.errors.dpop import InvalidProofOfToken, UseNonceForToken
from oauthcore.rules.errors.oauth import InvalidRequest, LengthRequired, OAuthError, RequestTooLarge
from oauthcore.rules.errors.resources import (
    AddressNotAllowed,
    InsufficientScope,
    InvalidToken,
    NotAuthenticated,
)
from oauthcore.rules.oidc.claims import OPENID

TAG = "Tokens"


def any_token() -> tuple[Requirement, ...]:
    """Return the requirements of an endpoint that takes every kind of access token."""
    return tuple({name: []} for name in bearer_schemes())


def of_bearers(*more: type[OAuthError]) -> list[type[OAuthError]]:
    """Return the refusals of an endpoint that takes access tokens, and more of its own."""
    of_proofs = (InvalidProofOfToken, UseNonceForToken) if conf.settings().DPOP else ()
    own = (InvalidRequest, NotAuthenticated, InvalidToken, AddressNotAllowed, LengthRequired)
    return [*own, RequestTooLarge, *of_proofs, *more]


def me() -> Operation:
    """Describe the endpoint that describes a token."""
    return Operation(
        summary="Describe the token that was sent: its kind, scopes, account, person and application",
        tag=TAG,
        security=any_token(),
        answers={200: Answer("The token, without its text.", _me())},
        refusals=of_bearers(),
    )


def _me() -> Schema:
    return members(
        {
            "kind": one_of(*KINDS.values()),
            "scopes": several(text(), "The scopes as they were granted."),
            "capabilities": table(
                boolean(), "Every scope of the site, and whether the token may use it now."
            ),
            "expires_at": or_null(moment("When it expires.")),
            "account": or_null(members({"uuid": uuid(), "name": text()}, description="The account.")),
            "user": or_null(
                members({"id": _user_id(), "username": or_null(text())}, description="The person.")
            ),
            "application": or_null(
                members({"client_id": text(), "name": text()}, description="The application.")
            ),
        },
        {
            "token": members(
                {
                    "name": text("The name of the service token."),
                    "hint": text("Its prefix and its last four characters."),
                    "allowed_networks": or_null(several(text())),
                    "max_request_bytes": or_null(integer()),
                    "last_used_at": or_null(moment()),
                },
                description="Only for a service token.",
            )
        },
    )


def _user_id() -> Schema:
    return {"oneOf": [integer(), text()], "description": "The key of the person, or a subject of its own."}


def _claims() -> Schema:
    offered: dict[str, Schema] = {name: {} for name in sorted(conf.settings().claims.offered)}
    schema = members(
        {"sub": text("The person. It never changes.")}, offered, "The claims that the person approved."
    )
    return {**schema, "additionalProperties": True}


def userinfo() -> Operation:
    """Describe userinfo."""
    return Operation(
        summary="Tell about the person of the token (OpenID Connect Core section 5.3)",
        tag="OpenID Connect",
        security=({OAUTH2: [OPENID]},),
        answers={200: Answer("The claims.", _claims())},
        refusals=of_bearers(InsufficientScope),
    )


def userinfo_by_form() -> Operation:
    """Describe userinfo where the token is in a form."""
    return Operation(
        summary="The same, with the token in the header or in a form",
        tag="OpenID Connect",
        body=Body(members({}, picked(PARAMETERS, ["access_token"])), FORMS[:1], is_required=False),
        security=({OAUTH2: [OPENID]},),
        answers={200: Answer("The claims.", _claims())},
        refusals=of_bearers(InsufficientScope),
    )
