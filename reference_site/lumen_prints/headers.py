"""The Content-Security-Policy of the shop's pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from reference_site.environment import origin_of

GetResponse = Callable[[HttpRequest], HttpResponse]


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Send a policy with every page: only the shop's own files, and forms that lead here or to the provider.

    The provider is named because browsers apply the policy to the redirect after a form too.
    """
    policy = "; ".join(
        [
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            f"form-action 'self' {origin_of(settings.ISSUER)}",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ]
    )

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", policy)
        return response

    return middleware
