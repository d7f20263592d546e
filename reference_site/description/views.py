"""``/openapi.json``, and the page that shows it."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from oauthcore.api.django import cross_origin
from reference_site.description.document import document
from reference_site.description.reading import groups

# The page has no script. Everything on it comes from the site.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)


@cache
def _version() -> str:
    return str(document().members["openapi"])


@cache
def _operations(language: str) -> SafeString:
    """Return the long part of the page, made once in each language, because anybody may ask for it."""
    with translation.override(language or None):
        return render_to_string("description/groups.html", {"groups": groups()})


@cross_origin
@require_safe
def openapi(request: HttpRequest) -> HttpResponseBase:
    """Return the description. Caches may keep it for five minutes; a matching ETag gets 304."""
    found = document()
    headers = {
        "Cache-Control": "public, max-age=300",
        "ETag": found.etag,
        "X-Content-Type-Options": "nosniff",
    }
    response = HttpResponse(found.text, content_type="application/json", headers=headers)
    known: HttpResponseBase | None = get_conditional_response(request, etag=found.etag, response=response)
    return known or response


@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """Show the description to people."""
    context = {"version": _version(), "groups": groups(), "operations": _operations(get_language() or "")}
    response = render(request, "description/api.html", context)
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response["Referrer-Policy"] = "same-origin"
    return response
