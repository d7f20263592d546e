"""What each error means, in words for an application's developer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

MEANINGS: dict[str, Any] = {
    "invalid_request": _(
        "A parameter is missing, sent twice or ill-formed, or the redirect URI is not a registered one."
    ),
    "invalid_client": _("The secret is missing, wrong or ended, or the application is turned off."),
    "invalid_grant": _(
        "The code or refresh token is unknown, expired, used, ended or another application’s, or its "
        "redirect URI or code_verifier does not match."
    ),
    "invalid_scope": _(
        "A scope is unknown, not one of this application’s, or more than was granted. The Scopes page lists "
        "what it has."
    ),
    "unauthorized_client": _(
        "The application is not registered for this grant type, or may not do this. The Settings page has "
        "its grant types."
    ),
    "unsupported_grant_type": _("There is no such grant_type here."),
    "unsupported_response_type": _("There is no such response_type here: use code."),
    "unsupported_media_type": _(
        "The body is neither a form nor JSON nor multipart, as its Content-Type says."
    ),
    "method_not_allowed": _(
        "The endpoint is asked with another method, which the answer’s Allow header names."
    ),
    "request_too_large": _("The body is longer than what is read here, or than the token may send."),
    "request_not_supported": _("Request objects are not read here: send the parameters themselves."),
    "request_uri_not_supported": _("Request objects are not fetched: send the parameters themselves."),
    "slow_down": _(
        "Too many wrong secrets, or too many questions about unknown tokens: wait for the seconds in "
        "Retry-After."
    ),
    "access_denied": _("The person said no."),
    "login_required": _("Nobody was logged in, and prompt=none allows no page to ask for a login."),
    "consent_required": _("The person has not allowed this yet, and prompt=none allows no page to ask them."),
    "invalid_token": _(
        "The access token is mistyped, expired or ended: refresh it, or send the person through the "
        "authorize page again."
    ),
    "insufficient_scope": _(
        "The token is good but lacks a scope: ask for it at the authorize page. If the reason names the "
        "person’s role or the account, a new token does not help."
    ),
    "not_authenticated": _("No access token was sent."),
    "ip_not_allowed": _("The token may not be used from this network."),
    "length_required": _("This token needs a Content-Length header with each body."),
    "server_error": _("Something broke on our side. The Request-Id finds it in our log."),
    "temporarily_unavailable": _("Something that we need did not answer: try again after Retry-After."),
}
