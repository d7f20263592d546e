"""The page ``/``. It is also the redirect URI of the sample application."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from oauthcore.addresses import at_issuer
from reference_site.playground import sample

# Pictures come from the API with the token, so the page shows them as blobs. All other files are the site's.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)


@require_safe
@never_cache
def playground(request: HttpRequest) -> HttpResponse:
    """Show the steps. Only the page's script reads the query string of the callback."""
    application, issuer = sample.find_application(), settings.OAUTHCORE["ISSUER"]
    context = {
        "application": application,
        "scopes": sample.offered_scopes(application) if application else [],
        "issuer": issuer,
        "origin": "{0.scheme}://{0.netloc}".format(urlsplit(issuer)),
        "start": at_issuer(reverse("playground:start")),
        "redirect_uri": at_issuer(reverse("playground:callback")),
    }
    response = render(request, "playground/index.html", context)
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    # Not no-referrer: Chromium would send "Origin: null" with the logout form, and Django would refuse it.
    response["Referrer-Policy"] = "same-origin"
    response["X-Frame-Options"] = "DENY"
    return response
