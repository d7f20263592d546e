"""The endpoints of OAuth for applications: token, revoke, introspect, and where requests begin."""

from __future__ import annotations

from collections.abc import Iterable

from oauthcore import conf
from oauthcore.api.oauth.endpoints import ABOUT_A_TOKEN
from oauthcore.api.openapi.described.parameters import PARAMETERS
from oauthcore.api.openapi.operations import FORMS, Answer, Body, Operation
from oauthcore.api.openapi.schemas import (
    Schema,
    boolean,
    integer,
    members,
    one_of,
    picked,
    ref,
    secret,
    several,
    text,
    url,
)
from oauthcore.api.openapi.schemes import CLIENT_SECRET, Requirement
from oauthcore.flows.oauth import device_authorization as devices
from oauthcore.flows.oauth import pushed_requests
from oauthcore.flows.oauth.authorization_parameters import SEVERAL
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.flows.oauth.grants.device_code import DEVICE_CODE
from oauthcore.flows.oauth.grants.token_grant_type import TokenGrantType
from oauthcore.flows.oauth.redirect_target import UntrustedTarget
from oauthcore.rules.errors.devices import AuthorizationPending, DeviceCodeExpired, PollingTooFast
from oauthcore.rules.errors.documents import UnusableClientDocument
from oauthcore.rules.errors.dpop import InvalidDPoPProof, UseDPoPNonce
from oauthcore.rules.errors.oauth import (
    AccessDenied,
    IntrospectionNotAllowed,
    InvalidClient,
    InvalidGrant,
    InvalidScope,
    NotYours,
    OAuthError,
    RequestNotSupported,
    RequestURINotSupported,
    SlowDown,
    Throttled,
    UnauthorizedClient,
    UnsupportedGrantType,
    UnsupportedResponseType,
)
from oauthcore.rules.errors.oidc import RegistrationNotSupported
from oauthcore.rules.errors.resources import InvalidTarget
from oauthcore.rules.oauth import client_credentials
from oauthcore.rules.wire.bearer import DPOP

TAG = "OAuth"

#: The credentials of an application: in the header, or in the body.
OF_CLIENTS: tuple[Requirement, ...] = ({CLIENT_SECRET: []}, {})

_Refusals = Iterable[type[OAuthError]]


def of_clients(*more: type[OAuthError]) -> list[type[OAuthError]]:
    """Return the refusals of an endpoint where applications authenticate, and more of its own."""
    return [InvalidClient, SlowDown, *more]


def bound() -> _Refusals:
    """Return the refusals of a proof of possession, if the site reads proofs."""
    return (InvalidDPoPProof, UseDPoPNonce) if conf.settings().DPOP else (InvalidDPoPProof,)


def token_refusals() -> list[type[OAuthError]]:
    """Return the refusals of the token endpoint, beside those of its body."""
    own = of_clients(InvalidGrant, InvalidScope, UnauthorizedClient, UnsupportedGrantType, InvalidTarget)
    of_devices = (AuthorizationPending, PollingTooFast, DeviceCodeExpired, AccessDenied)
    return [*own, *bound(), *(of_devices if DEVICE_CODE.is_on else ())]


def token_body(required: Iterable[str] = ()) -> Schema:
    """Return the schema of a token request: one form for each grant type that the site has.

    ``required`` are parameters of a code that a dialect requires beside the usual ones.
    """
    return {
        "oneOf": [_of_grant_type(one, required) for one in grant_types.switched_on()],
        "discriminator": {"propertyName": "grant_type"},
    }


def _of_grant_type(found: TokenGrantType, required: Iterable[str]) -> Schema:
    also = [name for name in required if name in found.optional and "code" in found.required]
    names = {*client_credentials.PARAMETERS, *found.required, *found.optional, *found.several}
    schema = members(
        {"grant_type": one_of(found.name), **picked(PARAMETERS, {*found.required, *also})},
        picked(PARAMETERS, names - {*found.required, *also}),
    )
    return {"title": str(found.label), **schema}


def tokens_schema() -> Schema:
    """Return the schema of a token answer (RFC 6749 section 5.1)."""
    return members(
        {
            "access_token": secret("The access token."),
            "token_type": one_of("Bearer", *([DPOP] if conf.settings().DPOP else [])),
            "scope": text("The scopes of the access token, separated by spaces."),
            "created_at": integer("When it was issued, in seconds since 1970."),
        },
        {
            "expires_in": integer("In how many seconds it expires. Absent if it never does."),
            "refresh_token": secret("The refresh token, which works once."),
            "issued_token_type": text("The type of the token, in the answer of an exchange (RFC 8693)."),
            "id_token": text("The id token, in the answer to an OpenID request."),
        },
        "Tokens of an application.",
    )


def token() -> Operation:
    """Describe the token endpoint."""
    return Operation(
        summary="Issue tokens, as the grant type says (RFC 6749 section 3.2)",
        tag=TAG,
        body=Body(ref("OAuthTokenRequest"), FORMS),
        security=OF_CLIENTS,
        answers={200: Answer("The tokens.", ref("OAuthTokens"))},
        refusals=token_refusals(),
    )


def revoke() -> Operation:
    """Describe revocation."""
    return Operation(
        summary="End a token of the calling application, and its grant (RFC 7009)",
        description="An unknown token gets the same answer as one that was ended.",
        tag=TAG,
        body=Body(ref("OAuthTokenQuestion"), FORMS),
        security=OF_CLIENTS,
        answers={200: Answer("The token does not work any more.", members({}))},
        refusals=of_clients(NotYours),
    )


def about_a_token() -> Schema:
    """Return the schema of a request about one token."""
    return members(picked(PARAMETERS, ["token"]), picked(PARAMETERS, ABOUT_A_TOKEN - {"token"}))


def introspect() -> Operation:
    """Describe introspection."""
    optional = {
        "scope": text("The scopes that it has now, separated by spaces."),
        "client_id": text("The application that holds it."),
        "act": members({"sub": text()}, description="The application that exchanged it (RFC 8693)."),
        "username": text("The login of the person."),
        "token_type": one_of("Bearer", DPOP),
        "cnf": members({"jkt": text()}, description="The key that it is bound to (RFC 9449)."),
        "exp": integer("When it expires, in seconds since 1970."),
        "iat": integer("When it was issued."),
        "sub": text("The person, or the grant if there is none."),
        "iss": url("The issuer."),
        "aud": {
            "description": "The resource that it is for, or several.",
            "oneOf": [url(), several(url())],
        },
        "auth_time": integer("When the person logged in."),
        "acr": text("How the person logged in."),
    }
    return Operation(
        summary="Tell a resource server whether a token is live, and what it may do (RFC 7662)",
        tag=TAG,
        body=Body(ref("OAuthTokenQuestion"), FORMS),
        security=OF_CLIENTS,
        answers={
            200: Answer(
                "The state of the token.",
                members({"active": boolean("False for every token that is not live.")}, optional),
            )
        },
        refusals=of_clients(IntrospectionNotAllowed),
    )


def device_request() -> Schema:
    """Return the schema of a request that begins a device authorization."""
    return members({}, picked(PARAMETERS, devices.PARAMETERS | devices.SEVERAL))


def device_authorization() -> Operation:
    """Describe the beginning of a device authorization."""
    return Operation(
        summary="Give a device without a browser its codes (RFC 8628)",
        tag=TAG,
        body=Body(ref("OAuthDeviceRequest"), FORMS, is_required=False),
        security=OF_CLIENTS,
        answers={
            200: Answer(
                "The codes.",
                members(
                    {
                        "device_code": secret("The code that the device sends to the token endpoint."),
                        "user_code": text("The code that the person types."),
                        "verification_uri": url("The page where the person types it."),
                        "verification_uri_complete": url("The same page with the code."),
                        "expires_in": integer("In how many seconds the codes expire."),
                        "interval": integer("How many seconds to wait between two requests for tokens."),
                    }
                ),
            )
        },
        refusals=of_clients(
            InvalidScope, InvalidTarget, UnauthorizedClient, UnusableClientDocument, Throttled
        ),
    )


def authorization_request() -> Schema:
    """Return the schema of an authorization request that is pushed."""
    return members(
        picked(PARAMETERS, ["response_type"]),
        picked(PARAMETERS, (pushed_requests.READ | SEVERAL) - {"response_type"}),
    )


def pushed_request() -> Operation:
    """Describe the endpoint for pushed authorization requests."""
    return Operation(
        summary="Store an authorization request before the person is sent (RFC 9126)",
        tag=TAG,
        body=Body(ref("OAuthPushedRequest"), FORMS),
        security=OF_CLIENTS,
        answers={
            201: Answer(
                "The name of the request.",
                members(
                    {
                        "request_uri": text("Send it to the authorize page, with the `client_id` alone."),
                        "expires_in": integer("In how many seconds it expires."),
                    }
                ),
            )
        },
        refusals=of_clients(
            InvalidScope,
            InvalidTarget,
            UnauthorizedClient,
            UnsupportedResponseType,
            RequestNotSupported,
            RequestURINotSupported,
            RegistrationNotSupported,
            UntrustedTarget,
            UnusableClientDocument,
            Throttled,
            *bound(),
        ),
    )
