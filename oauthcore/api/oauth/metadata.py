"""Metadata documents of the authorization server and of protected resources (RFC 8414, RFC 9728)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from oauthcore import conf
from oauthcore.addresses import absolute, absolute_if_mounted, issuer_path
from oauthcore.api.oidc.metadata import openid_members
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.responses import json_response
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.languages import spoken_to
from oauthcore.rules.errors.sign_in import NotFound
from oauthcore.rules.jose.public_keys import ALGORITHMS
from oauthcore.rules.oauth.response_modes import ResponseMode
from oauthcore.rules.oauth.step_up import STRENGTHS


@json_endpoint("GET", "HEAD")
def authorization_server_metadata(request: HttpRequest, *, below: str = "") -> HttpResponseBase:
    """Describe the authorization server (RFC 8414 §3.2); ``below`` is the issuer's path (§3.1)."""
    _require_issuer_path(below)
    return json_response(_server())


@json_endpoint("GET", "HEAD", switch="OPENID_CONNECT")
def openid_configuration(request: HttpRequest, *, below: str = "") -> HttpResponseBase:
    """Describe the OpenID provider, which is the authorization server (OpenID Connect Discovery §4).

    ``below`` is the issuer's path, before the well-known path or, as in RFC 8414 §5, behind it.
    """
    _require_issuer_path(below)
    return json_response(_server())


def _server() -> dict[str, Any]:
    """Return the members about the server. OpenID Connect and OAuth share one registry of member names."""
    has_keys = conf.settings().PRIVATE_KEY_JWT
    authentication = ["client_secret_basic", "client_secret_post", *(["private_key_jwt"] if has_keys else [])]
    members: dict[str, Any] = {
        "issuer": conf.issuer(),
        "authorization_endpoint": absolute("authorize"),
        "token_endpoint": absolute("token"),
        "revocation_endpoint": absolute("revoke"),
        "introspection_endpoint": absolute("introspect"),
        "scopes_supported": sorted(conf.settings().vocabulary.words),
        "response_types_supported": ["code"],
        "response_modes_supported": [one.value for one in ResponseMode],
        "grant_types_supported": [one.name for one in grant_types.switched_on()],
        "token_endpoint_auth_methods_supported": [*authentication, "none"],
        "revocation_endpoint_auth_methods_supported": [*authentication, "none"],
        "introspection_endpoint_auth_methods_supported": authentication,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
    }
    if conf.settings().ENTERPRISE_MANAGED_AUTHORIZATION:
        members["authorization_grant_profiles_supported"] = ["urn:ietf:params:oauth:grant-profile:id-jag"]
    if has_keys:
        for endpoint in ("token", "revocation", "introspection"):
            members[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] = list(ALGORITHMS)
    if conf.settings().signs_tokens:
        members["jwks_uri"] = absolute("jwks")
    if conf.settings().CLIENT_ID_METADATA_DOCUMENTS:
        members["client_id_metadata_document_supported"] = True
    if conf.settings().DYNAMIC_REGISTRATION:
        members["registration_endpoint"] = absolute("register")
    members |= _where_requests_begin(conf.settings())
    mastodon_apps = absolute_if_mounted("oauthcore_mastodon:apps")
    if mastodon_apps is not None and conf.settings().MASTODON_REGISTRATION:
        members["app_registration_endpoint"] = mastodon_apps  # Mastodon's own member; RFC 7591 has another
    return members | _of_resources() | _key_binding() | openid_members()


def _of_resources() -> dict[str, Any]:
    """Return the members about protected resources and about the logins that views may require."""
    members: dict[str, Any] = {}
    if conf.settings().STEP_UP:
        members["acr_values_supported"] = [*STRENGTHS]
    if conf.settings().RESOURCES:
        resources = conf.settings().resources
        members["protected_resources"] = [one.identifier for one in (resources.issuer, *resources.declared)]
    return members


def _where_requests_begin(settings: conf.Settings) -> dict[str, Any]:
    """Return the members for device authorization (RFC 8628 §4) and pushed requests (RFC 9126 §5)."""
    members: dict[str, Any] = {}
    if settings.DEVICE_AUTHORIZATION:
        members["device_authorization_endpoint"] = absolute("device_authorization")
    if settings.PUSHED_AUTHORIZATION_REQUESTS:
        members["pushed_authorization_request_endpoint"] = absolute("par")
        members["require_pushed_authorization_requests"] = settings.REQUIRE_PUSHED_AUTHORIZATION_REQUESTS
    return members


@json_endpoint("GET", "HEAD")
def protected_resource_metadata(request: HttpRequest, *, below: str = "") -> HttpResponseBase:
    """Describe the protected resource at a path (RFC 9728 §3.1, §3.2). Without a path it is the issuer."""
    resources = conf.settings().resources
    resource = resources.described_at(f"/{below}" if below else "", request.get_host())
    if resource is None:
        raise NotFound("no resource of this site has this path")
    members = {
        "resource": resource.identifier,
        "authorization_servers": [conf.issuer()],
        "scopes_supported": sorted(resource.scopes),
        "bearer_methods_supported": ["header", "body"],
    }
    if resource is not resources.issuer:
        with spoken_to(""):
            members["resource_name"] = str(resource.name)
    return json_response(members | _key_binding())


def _key_binding() -> dict[str, Any]:
    """Return the member for tokens that are bound to a key (RFC 9449 §5.1, RFC 9728 §2)."""
    return {"dpop_signing_alg_values_supported": list(ALGORITHMS)} if conf.settings().DPOP else {}


def _require_issuer_path(below: str) -> None:
    """Raise NotFound for the path of another issuer."""
    if below and f"/{below}" != issuer_path():
        raise NotFound("no issuer of this site has this path")
