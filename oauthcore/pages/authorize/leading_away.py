"""Where a login leads: whether on to another site, as the authorize page may, and to which application."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.http import HttpRequest

from oauthcore.addresses import view_at
from oauthcore.flows.oauth.authorization_parameters import asks_for_login, read
from oauthcore.flows.oauth.pushed_requests import in_full
from oauthcore.flows.oauth.redirect_target import RedirectTarget
from oauthcore.flows.passwords.credentials import LONGEST_LOGIN
from oauthcore.pages.authorize.waiting import query_at
from oauthcore.pages.frame.language import languages_in
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.wire.parameters import Parameters


@dataclass(frozen=True)
class Asker:
    """Which application waits for a login, whom it expects, and whether it wants credentials given again.

    The texts are empty where none waits.
    """

    application_name: str = ""
    login_hint: str = ""
    asks_again: bool = False


def leads_to_authorize(next_url: str) -> bool:
    """Return whether a login may end at an application, for the authorize page may pass people on at once."""
    return hasattr(view_at(urlsplit(next_url).path), "leads_away")


def languages_of(request: HttpRequest, next_url: str) -> tuple[str, ...]:
    """Return the languages that the authorization request asks for, the most wanted first."""
    return languages_in(_parameters(request, next_url))


def asker_at(request: HttpRequest, next_url: str, *, to_anybody: bool) -> Asker:
    """Return who waits for the login.

    Anybody can write the number of an application into an address. So ``to_anybody``, that is to people who
    have not shown a password, its name is told only if they know a redirect URI of it.
    """
    parameters = _parameters(request, next_url)
    asker = Asker(asks_again=asks_for_login(parameters))
    if to_anybody and parameters.get("redirect_uri") is None:
        return asker
    try:
        application = RedirectTarget.find(parameters).application
    except OAuthError:
        return asker
    hint = parameters.get("login_hint") or ""
    return replace(asker, application_name=application.name, login_hint=_hint(hint))


def _hint(sent: str) -> str:
    """Return a login that an application expects, or nothing where it cannot be one."""
    return sent if len(sent) <= LONGEST_LOGIN and sent.isprintable() else ""


def _parameters(request: HttpRequest, next_url: str) -> Parameters:
    query = query_at(request, next_url) if leads_to_authorize(next_url) else None
    try:
        return in_full(read(query or ""))
    except OAuthError:
        return Parameters({})
