"""Links of error pages back to the application, if staff have verified it."""

from __future__ import annotations

from urllib.parse import urlsplit

from oauthcore.flows.oauth.redirect_target import RedirectTarget, UntrustedTarget
from oauthcore.models import Application
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.text.numbers import whole_number


def website_of(application: Application | None) -> str:
    """Return the website of an application that staff have verified, or an empty text."""
    if application is None or not (application.is_verified or application.is_trusted):
        return ""
    parts = urlsplit(application.website)
    return application.website if parts.scheme in ("https", "http") and parts.hostname else ""


def website_at(target: RedirectTarget | None, refusal: OAuthError, client_id: str | None) -> str:
    """Return the website of the application that sent the person here.

    A number alone does not identify it, because numbers can be guessed. The rest of the request must match.
    """
    if target is not None:
        return website_of(target.application)
    is_named = client_id is not None and whole_number(client_id) is None
    return website_of(refusal.application) if is_named and isinstance(refusal, UntrustedTarget) else ""
