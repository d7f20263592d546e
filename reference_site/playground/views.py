"""The page ``/``. It is also the redirect URI of the sample application.

With ``?application=`` and a client ID, a developer takes an application of theirs through the same steps
(``TEST_PAGE``). It needs the redirect URI of this page, so no answer goes anywhere else.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from oauthcore.addresses import at_issuer
from oauthcore.models import Application
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
    """Show the steps of the sample application."""
    return _steps(request, sample.find_application(), start=reverse("playground:start"))


@require_safe
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Show the steps of the sample application, or of one of the developer's own that the address names.

    Only the page's script reads the query string of the callback, which is another page.
    """
    client_id = request.GET.get("application")
    if client_id is None:
        return playground(request)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    application = sample.find_own_application(client_id, request.user)
    if application is None:
        raise Http404
    own = f"{reverse('playground:start')}?{urlencode({'application': client_id})}"
    return _steps(request, application, start=own, is_own=True)


def _steps(
    request: HttpRequest, application: Application | None, *, start: str, is_own: bool = False
) -> HttpResponse:
    issuer, callback = settings.OAUTHCORE["ISSUER"], at_issuer(reverse("playground:callback"))
    context = {
        "application": application,
        "is_own": is_own,
        "lacks_redirect_uri": application is not None and callback not in application.redirect_uris,
        "start_url": start,
        "scopes": sample.offered_scopes(application) if application else [],
        "issuer": issuer,
        "origin": "{0.scheme}://{0.netloc}".format(urlsplit(issuer)),
        "start": at_issuer(reverse("playground:start")),
        "redirect_uri": callback,
    }
    response = render(request, "playground/index.html", context)
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    # Not no-referrer: Chromium would send "Origin: null" with the logout form, and Django would refuse it.
    response["Referrer-Policy"] = "same-origin"
    response["X-Frame-Options"] = "DENY"
    return response
