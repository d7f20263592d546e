"""Addresses of this site: whole URLs for programs and mails, and the view at a path.

A site may be served below a path of its host (``FORCE_SCRIPT_NAME``, or the server's ``SCRIPT_NAME``), and
its issuer may have a path (RFC 8414 §3.1). All code gets addresses from here.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings as django_settings
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse

from oauthcore import conf, request_context

__all__ = ["at_issuer"]


def absolute(name: str) -> str:
    """Return the URL of an oauthcore route at the issuer's origin. The request plays no part in it."""
    return at_issuer(reverse(f"oauthcore:{name}"))


def absolute_if_mounted(route: str) -> str | None:
    """Return the URL of a route by namespace and name, or None where the site has not mounted it."""
    try:
        return at_issuer(reverse(route))
    except NoReverseMatch:
        return None


def at_issuer(path: str) -> str:
    """Return the URL of a path that ``reverse`` or a request gives. A whole URL is returned as it is."""
    return urljoin(origin(), _below_the_prefix(path))


def origin() -> str:
    """Return scheme, host and port of the issuer."""
    return f"{urlsplit(conf.issuer()).scheme}://{host()}"


def host() -> str:
    """Return host and port of the issuer."""
    return urlsplit(conf.issuer()).netloc


def issuer_path() -> str:
    """Return the path of the issuer, such as ``/auth``, or an empty text if it has none."""
    return urlsplit(conf.issuer()).path


def view_at(path: str) -> Any:
    """Return the view at a path of this site as a browser asks for it, or None where there is none."""
    prefix = get_script_prefix()
    if not path.startswith(prefix):
        return None
    try:
        return resolve(f"/{path.removeprefix(prefix)}").func
    except Resolver404:
        return None


def _below_the_prefix(path: str) -> str:
    """Return a path with the prefix that requests have. A command cannot know the prefix from its server.

    A command uses the issuer's path, unless FORCE_SCRIPT_NAME is set or the path has the prefix already.
    """
    lead = issuer_path()
    is_known = bool(request_context.current().request_id) or django_settings.FORCE_SCRIPT_NAME is not None
    is_below = f"{path}/".startswith(f"{lead}/") or not path.startswith("/")
    return path if is_known or is_below else lead + path
