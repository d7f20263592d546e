"""Where a login leads: whether on to another site, as the authorize page may, and to which application."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from oauthcore.flows.client_authentication import find_application
from oauthcore.rules.errors import OAuthError
from oauthcore.rules.parameters import parse_urlencoded


def leads_to_authorize(next_url: str) -> bool:
    """Return whether a login may end at an application, for the authorize page may pass people on at once."""
    try:
        return hasattr(resolve(urlsplit(next_url).path).func, "leads_away")
    except Resolver404:
        return False


def parameter_of(next_url: str, name: str) -> str | None:
    """Return a parameter of the authorization request that the person is on the way to, if that is so."""
    if not leads_to_authorize(next_url):
        return None
    try:
        return parse_urlencoded(urlsplit(next_url).query, {name}).get(name)
    except OAuthError:
        return None


def application_name(next_url: str) -> str:
    """Return the name of the application that the person is on the way to, or an empty text."""
    client_id = parameter_of(next_url, "client_id")
    application = find_application(client_id) if client_id else None
    return application.name if application else ""
