"""Addresses of our own routes, for programs to read."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.urls import NoReverseMatch, reverse

from oauthcore import conf


def absolute(name: str) -> str:
    """Return the URL of a route of ours under the issuer's origin: from settings, never from the request."""
    return _at_issuer(reverse(f"oauthcore:{name}"))


def absolute_if_mounted(route: str) -> str | None:
    """Return the URL of a route by namespace and name, or None where the site has not mounted it."""
    try:
        return _at_issuer(reverse(route))
    except NoReverseMatch:
        return None


def _at_issuer(path: str) -> str:
    parts = urlsplit(conf.issuer())
    return f"{parts.scheme}://{parts.netloc}{path}"
