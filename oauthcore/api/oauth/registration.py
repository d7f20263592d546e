"""The endpoints for dynamic registration and its management (RFC 7591, RFC 7592)."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from oauthcore import conf
from oauthcore.addresses import at_issuer
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.requests import json_document
from oauthcore.api.wire.responses import NO_STORE, json_response
from oauthcore.flows.oauth.registration.client_configuration import (
    change_registration,
    delete_registration,
    find_registration,
)
from oauthcore.flows.oauth.registration.dynamic_registration import Registered, register_dynamically
from oauthcore.models import Application
from oauthcore.rules.oauth.client_metadata import response_types
from oauthcore.rules.oauth.scopes import render
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.wire import bearer


@json_endpoint("POST", challenge="Bearer")
def register(request: HttpRequest) -> HttpResponseBase:
    """Register an application: ``POST /oauth/register`` (RFC 7591 §3)."""
    made = register_dynamically(json_document(request), token=_token(request))
    return json_response(_described(made), status=201)


@json_endpoint("GET", "HEAD", "PUT", "DELETE", challenge="Bearer")
def registration(request: HttpRequest, *, client_id: str) -> HttpResponseBase:
    """Show an application its registration, change it or delete it (RFC 7592 §2)."""
    token = _token(request)
    if request.method == "DELETE":
        delete_registration(client_id, token=token)
        return HttpResponse(status=204, headers=NO_STORE)
    if request.method == "PUT":
        return json_response(_described(change_registration(client_id, json_document(request), token=token)))
    return json_response(_described(find_registration(client_id, token=token)))


def _token(request: HttpRequest) -> HiddenText | None:
    return bearer.token_in(request.META.get("HTTP_AUTHORIZATION"))


def _described(found: Registered) -> dict[str, Any]:
    """Return the registration as its application may see it (RFC 7591 §3.2.1, RFC 7592 §3).

    The secret is included only when it is new, because only its digest is stored.
    """
    application, registration = found.application, found.registration
    path = reverse("oauthcore:registration", args=[application.client_id])
    members: dict[str, Any] = {
        "client_id": application.client_id,
        "client_id_issued_at": int(application.created_at.timestamp()),
        "client_secret": found.client_secret,
        "client_secret_expires_at": 0 if application.has_secrets else None,
        "registration_access_token": found.access_token.reveal(),
        "registration_client_uri": at_issuer(path),
        "client_name": application.name,
        "client_uri": application.website or None,
        "redirect_uris": list(application.redirect_uris),
        "grant_types": sorted(application.grant_types),
        "response_types": response_types(application.grant_types),
        "token_endpoint_auth_method": registration.auth_method,
        "jwks": _key_set(application) if application.uses_keys and not application.jwks_uri else None,
        "jwks_uri": application.jwks_uri or None,
        "application_type": registration.application_type,
        "scope": render(application.scopes),
        "software_id": registration.software_id or None,
        "software_version": registration.software_version or None,
        "dpop_bound_access_tokens": application.dpop_bound_access_tokens or None,
        **(_openid_members(application) if conf.settings().OPENID_CONNECT else {}),
    }
    return {name: value for name, value in members.items() if value is not None}


def _openid_members(application: Application) -> dict[str, Any]:
    """Return the members about OpenID Connect; empty ones are None."""
    return {
        "id_token_signed_response_alg": application.id_token_signed_response_alg,
        "subject_type": application.subject_type,
        "sector_identifier_uri": application.sector_identifier_uri or None,
        "post_logout_redirect_uris": list(application.post_logout_redirect_uris) or None,
        "backchannel_logout_uri": application.backchannel_logout_uri or None,
        "backchannel_logout_session_required": application.backchannel_logout_session_required or None,
    }


def _key_set(application: Application) -> dict[str, Any]:
    keys = application.client_keys.order_by("pk").values_list("jwk", flat=True)
    return {"keys": [json.loads(key) for key in keys]}
