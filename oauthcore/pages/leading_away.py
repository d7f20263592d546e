"""Where a login leads: whether on to another site, as the authorize page may, and to which application."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from oauthcore.flows.client_authentication import find_application
from oauthcore.pages.language import LANGUAGE_PARAMETERS, languages_in
from oauthcore.rules.errors import OAuthError
from oauthcore.rules.parameters import Parameters, parse_urlencoded


def leads_to_authorize(next_url: str) -> bool:
    """Return whether a login may end at an application, for the authorize page may pass people on at once."""
    try:
        return hasattr(resolve(urlsplit(next_url).path).func, "leads_away")
    except Resolver404:
        return False


def parameter_of(next_url: str, name: str) -> str | None:
    """Return a parameter of the authorization request that the person is on the way to, if that is so."""
    return _parameters_of(next_url, {name}).get(name)


def languages_of(next_url: str) -> tuple[str, ...]:
    """Return the languages that the authorization request asks for, the most wanted first."""
    return languages_in(_parameters_of(next_url, LANGUAGE_PARAMETERS))


def _parameters_of(next_url: str, names: Collection[str]) -> Parameters:
    if not leads_to_authorize(next_url):
        return Parameters({})
    try:
        return parse_urlencoded(urlsplit(next_url).query, names)
    except OAuthError:
        return Parameters({})


def application_name(next_url: str) -> str:
    """Return the name of the application that the person is on the way to, or an empty text."""
    client_id = parameter_of(next_url, "client_id")
    application = find_application(client_id) if client_id else None
    return application.name if application else ""
