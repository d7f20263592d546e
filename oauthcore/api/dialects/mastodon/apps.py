"""Applications as Mastodon's clients know them: they register themselves, and ask whether a token works."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from oauthcore.api.django.scopes import scopes_required
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.requests import body_parameters
from oauthcore.api.wire.responses import json_response
from oauthcore.flows.oauth.registration.self_registration import Registration, register_itself
from oauthcore.flows.tokens.owner import require_application
from oauthcore.models import Application
from oauthcore.recording import events
from oauthcore.rules.errors.mastodon import ValidationFailed

#: The parameters that are read once, and those that may come several times.
KNOWN = frozenset(["client_name", "scopes", "website"])
SEVERAL = frozenset(["redirect_uris"])


@json_endpoint("POST")
def apps(request: HttpRequest) -> HttpResponseBase:
    """Register an application: ``POST /api/v1/apps``."""
    sent = body_parameters(request, KNOWN, SEVERAL)
    asked = Registration(
        name=sent.get("client_name") or "",
        redirect_uris=sent.items("redirect_uris"),
        scope=sent.get("scopes"),
        website=sent.get("website") or "",
    )
    try:
        application, secret = register_itself(asked)
    except ValidationFailed as refusal:
        return _unprocessable(refusal)
    credentials = {
        "client_id": application.client_id,
        "client_secret": secret,
        "client_secret_expires_at": 0,
    }
    return json_response(describe(application) | credentials)


@json_endpoint("GET", "HEAD", challenge="Bearer")
@scopes_required()
def verify_credentials(request: Any) -> HttpResponseBase:
    """Tell an application about itself: ``GET /api/v1/apps/verify_credentials``, with any OAuth token."""
    return json_response(describe(require_application(request.auth)))


def describe(application: Application) -> dict[str, Any]:
    """Return what Mastodon says of an application, without its credentials; a website only if it has one."""
    members: dict[str, Any] = {
        "id": str(application.pk),
        "name": application.name,
        "website": application.website or None,
        "scopes": sorted(application.scopes),
        "redirect_uri": "\n".join(application.redirect_uris),
        "redirect_uris": list(application.redirect_uris),
        "vapid_key": "",
    }
    return {name: value for name, value in members.items() if value is not None}


def _unprocessable(refusal: ValidationFailed) -> HttpResponseBase:
    events.note_refusal(refusal)
    members = {
        "error": f"{refusal.error}: {refusal.description}",
        "error_description": refusal.description,
        "error_details": refusal.details,
    }
    return json_response(members, status=refusal.status)
