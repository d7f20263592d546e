"""Applications that register themselves, and manage their registration (RFC 7591, RFC 7592)."""

from __future__ import annotations

from oauthcore import conf
from oauthcore.api.openapi.operations import Answer, Body, Operation
from oauthcore.api.openapi.schemas import (
    Schema,
    boolean,
    integer,
    members,
    one_of,
    ref,
    secret,
    several,
    text,
    url,
)
from oauthcore.api.openapi.schemes import INITIAL_ACCESS_TOKEN, REGISTRATION_TOKEN
from oauthcore.conf.keys import Registration
from oauthcore.flows.oauth.registration import registering
from oauthcore.rules.errors.oauth import InvalidScope, Throttled
from oauthcore.rules.errors.registration import (
    InvalidClientMetadata,
    InvalidRedirectURI,
    InvalidRegistrationToken,
    RegistrationClosed,
    RegistrationSuspended,
)
from oauthcore.rules.errors.resources import NotAuthenticated
from oauthcore.rules.oauth.client_keys import PRIVATE_KEY_JWT
from oauthcore.rules.oauth.client_metadata import ApplicationType, AuthMethod
from oauthcore.rules.oidc.client_members import ALGORITHMS, PAIRWISE, PUBLIC

TAG = "Registration"
_PATH = {"client_id": text("The `client_id` of the application.")}

#: What is refused of the metadata of an application, new or changed.
_OF_METADATA = (InvalidClientMetadata, InvalidRedirectURI, InvalidScope)


def _chosen() -> dict[str, Schema]:
    """Return the members that an application may choose."""
    settings = conf.settings()
    methods = [one.value for one in AuthMethod if settings.PRIVATE_KEY_JWT or one.value != PRIVATE_KEY_JWT]
    return {
        "client_name": text("The name of the application, as people see it."),
        "client_uri": url("Its website."),
        "redirect_uris": several(url(), "Where the authorize page may send people back to."),
        "grant_types": several(text(), f"Of {', '.join(sorted(registering.choosable()))}."),
        "response_types": several(text(), "`code`."),
        "token_endpoint_auth_method": one_of(*methods, description="How it proves who it is."),
        "application_type": one_of(*(one.value for one in ApplicationType)),
        "scope": text("The scopes that it may ask for, separated by spaces."),
        "software_id": text("The name of the software."),
        "software_version": text("Its version."),
        "jwks": members({"keys": several({"type": "object"})}, description="Its public keys."),
        "jwks_uri": url("The address of its public keys."),
        "dpop_bound_access_tokens": boolean("Whether its tokens are always bound to a key (RFC 9449)."),
        **(_of_openid() if settings.OPENID_CONNECT else {}),
    }


def _of_openid() -> dict[str, Schema]:
    return {
        "id_token_signed_response_alg": one_of(*ALGORITHMS),
        "subject_type": one_of(PUBLIC, PAIRWISE),
        "sector_identifier_uri": url(),
        "post_logout_redirect_uris": several(url()),
        "backchannel_logout_uri": url(),
        "backchannel_logout_session_required": boolean(),
    }


def metadata_schema() -> Schema:
    """Return the schema of what an application sends."""
    return members({}, _chosen(), "What an application says of itself. Unknown members are ignored.")


def client_schema() -> Schema:
    """Return the schema of a registration as its application sees it."""
    chosen = _chosen()
    always = (
        *("client_name", "redirect_uris", "grant_types", "response_types"),
        *("token_endpoint_auth_method", "application_type", "scope"),
    )
    return members(
        {
            "client_id": text("The ID of the application."),
            "client_id_issued_at": integer("When it was registered, in seconds since 1970."),
            "registration_access_token": secret("The token for the management of the registration."),
            "registration_client_uri": url("The address for it."),
            **{name: chosen[name] for name in always},
        },
        {
            "client_secret": secret("The secret, only when it is new."),
            "client_secret_expires_at": integer("When the secret expires; 0 for never."),
            **{name: schema for name, schema in chosen.items() if name not in always},
        },
        "An application as it is registered.",
    )


def register() -> Operation:
    """Describe registration."""
    is_open = conf.settings().DYNAMIC_REGISTRATION == Registration.OPEN
    return Operation(
        summary="Register an application (RFC 7591)",
        tag=TAG,
        body=Body(ref("OAuthClientMetadata")),
        security=({INITIAL_ACCESS_TOKEN: []}, *([{}] if is_open else [])),
        answers={201: Answer("The application.", ref("OAuthClient"))},
        refusals=[
            *_OF_METADATA,
            NotAuthenticated,
            InvalidRegistrationToken,
            RegistrationClosed,
            Throttled,
        ],
    )


def show() -> Operation:
    """Describe how a registration is read."""
    return Operation(
        summary="Show an application its registration (RFC 7592)",
        tag=TAG,
        path=_PATH,
        security=({REGISTRATION_TOKEN: []},),
        answers={200: Answer("The application, without its secret.", ref("OAuthClient"))},
        refusals=[NotAuthenticated, InvalidRegistrationToken, RegistrationSuspended],
    )


def change() -> Operation:
    """Describe how a registration is replaced."""
    sent = members({"client_id": text("The same `client_id`.")}, {"client_secret": secret("The secret.")})
    return Operation(
        summary="Replace the registration of an application (RFC 7592)",
        description="What is left out gets its default.",
        tag=TAG,
        path=_PATH,
        body=Body({"allOf": [ref("OAuthClientMetadata"), sent]}),
        security=({REGISTRATION_TOKEN: []},),
        answers={200: Answer("The application.", ref("OAuthClient"))},
        refusals=[
            *_OF_METADATA,
            NotAuthenticated,
            InvalidRegistrationToken,
            RegistrationSuspended,
            Throttled,
        ],
    )


def delete() -> Operation:
    """Describe how a registration is deleted."""
    return Operation(
        summary="Delete an application (RFC 7592)",
        tag=TAG,
        path=_PATH,
        security=({REGISTRATION_TOKEN: []},),
        answers={204: Answer("It is deleted, and its tokens do not work any more.")},
        refusals=[NotAuthenticated, InvalidRegistrationToken, RegistrationSuspended],
    )
