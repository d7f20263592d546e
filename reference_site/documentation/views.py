"""The documentation at ``/docs/``, as ``make docs`` has built it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.static import serve

# The search reads the pages that it has found, and the icons of the theme are pictures within its styles.
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)


@require_safe
def documentation(request: HttpRequest, path: str = "index.html") -> HttpResponseBase:
    """Answer with a file of the documentation, or say how to build it."""
    if not Path(settings.DOCS_ROOT, "index.html").is_file():
        return _secured(_not_built(request))
    try:
        return _secured(serve(request, path, document_root=settings.DOCS_ROOT))
    except OSError:  # a path that is too long for the file system
        raise Http404 from None


def _not_built(request: HttpRequest) -> HttpResponse:
    return render(request, "documentation/missing.html", status=404)


def _secured(response: HttpResponseBase) -> HttpResponseBase:
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response["Referrer-Policy"] = "same-origin"
    response["X-Frame-Options"] = "DENY"
    return response
