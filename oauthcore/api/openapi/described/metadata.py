"""The documents about the server, its resources and its keys."""

from __future__ import annotations

from oauthcore import conf
from oauthcore.api.openapi.operations import Answer, Operation
from oauthcore.api.openapi.schemas import Schema, boolean, members, ref, several, text, url
from oauthcore.rules.errors.sign_in import NotFound

TAG = "Metadata"

_URLS = (
    "authorization_endpoint",
    "token_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
)
_OPTIONAL_URLS = (
    "jwks_uri",
    "registration_endpoint",
    "app_registration_endpoint",
    "device_authorization_endpoint",
    "pushed_authorization_request_endpoint",
    "userinfo_endpoint",
    "end_session_endpoint",
)
_LISTS = (
    "scopes_supported",
    "response_types_supported",
    "response_modes_supported",
    "grant_types_supported",
    "token_endpoint_auth_methods_supported",
    "revocation_endpoint_auth_methods_supported",
    "introspection_endpoint_auth_methods_supported",
    "code_challenge_methods_supported",
    "prompt_values_supported",
)
_OPTIONAL_LISTS = (
    "acr_values_supported",
    "authorization_grant_profiles_supported",
    "claim_types_supported",
    "claims_supported",
    "dpop_signing_alg_values_supported",
    "id_token_signing_alg_values_supported",
    "protected_resources",
    "subject_types_supported",
    *(
        f"{name}_endpoint_auth_signing_alg_values_supported"
        for name in ("token", "revocation", "introspection")
    ),
)
_OPTIONAL_FLAGS = (
    "backchannel_logout_session_supported",
    "backchannel_logout_supported",
    "claims_parameter_supported",
    "client_id_metadata_document_supported",
    "request_parameter_supported",
    "request_uri_parameter_supported",
    "require_pushed_authorization_requests",
)


def server_schema() -> Schema:
    """Return the schema of the server's document (RFC 8414, OpenID Connect Discovery)."""
    return members(
        {
            "issuer": url("The issuer, without a slash at its end."),
            **{name: url() for name in _URLS},
            **{name: several(text()) for name in _LISTS},
            "authorization_response_iss_parameter_supported": boolean(),
        },
        {
            **{name: url() for name in _OPTIONAL_URLS},
            **{name: several(text()) for name in _OPTIONAL_LISTS},
            **{name: boolean() for name in _OPTIONAL_FLAGS},
        },
        "What the authorization server has. Only what is switched on is named.",
    )


def server() -> Operation:
    """Describe the metadata document of the authorization server."""
    return Operation(
        summary="Describe the authorization server (RFC 8414)",
        tag=TAG,
        answers={200: Answer("The document.", ref("OAuthServer"))},
    )


def openid() -> Operation:
    """Describe the document of the OpenID provider."""
    return Operation(
        summary="Describe the OpenID provider (OpenID Connect Discovery)",
        tag=TAG,
        answers={200: Answer("The document.", ref("OAuthServer"))},
    )


def resource() -> Operation:
    """Describe the document of a protected resource."""
    optional = {"resource_name": text("The name of the resource, for people.")}
    if conf.settings().DPOP:
        optional["dpop_signing_alg_values_supported"] = several(text())
    return Operation(
        summary="Describe the site as a protected resource (RFC 9728)",
        description="The document of another resource has its path behind this address.",
        tag=TAG,
        answers={
            200: Answer(
                "The document.",
                members(
                    {
                        "resource": url("The resource."),
                        "authorization_servers": several(url()),
                        "scopes_supported": several(text()),
                        "bearer_methods_supported": several(text()),
                    },
                    optional,
                ),
            )
        },
        refusals=[NotFound],
    )


def jwks() -> Operation:
    """Describe the key set."""
    return Operation(
        summary="Show the public keys for JWTs of this site (RFC 7517)",
        description="Caches may keep it for an hour.",
        tag=TAG,
        answers={
            200: Answer("The key set.", members({"keys": several({"type": "object"})})),
            304: Answer("The key set is the one of the `ETag` that was sent."),
        },
        refusals=[NotFound],
    )
