"""Addresses of our own routes, for programs to read."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.urls import reverse

from oauthcore import conf


def absolute(name: str) -> str:
    """Return the URL of a route of ours under the issuer's origin: from settings, never from the request."""
    parts = urlsplit(conf.issuer())
    return f"{parts.scheme}://{parts.netloc}{reverse(f'oauthcore:{name}')}"
