"""Common parts of all kinds of self-registration: the limit, the validation, the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation

from oauthcore import addresses, conf, request_context
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.limiter import Limit, require_try
from oauthcore.models import Application, SecurityEvent
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import InvalidScope
from oauthcore.rules.oauth import redirect_uris, scopes
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oidc.client_members import OpenIDMembers
from oauthcore.rules.text import names
from oauthcore.rules.text.hidden_text import ClearText

_NAME = "Give client_name: a name of 1 to 100 characters on one line, for people to read."
#: Messages in place of the model's own, which name neither the field nor its bounds.
_TEXTS = {
    "name": _NAME,
    "website": "Give the website as an https or http address of at most 500 characters, or leave it out.",
}
_NAME_OF_THIS_SITE = "client_name is the name of this site. Give your own."
_NOT_FOR_EVERYBODY = "Ask for scopes that this site knows and gives to everybody, with spaces between them."


def count_by_address(name: str, limit: tuple[int, int]) -> None:
    """Count a try for the address of the request; raise Throttled beyond the limit."""
    require_try(Limit(name, *limit), request_context.address_group())


def choosable() -> frozenset[str]:
    """Return the grant types that everybody may choose; staff give the others."""
    return frozenset(one.name for one in grant_types.offered())


def asked_scopes(scope: str | None) -> Scopes:
    """Return the requested scopes, or the site's default; an empty set if they cannot be read."""
    if scope is None:
        return frozenset(conf.settings().DEFAULT_SCOPES)
    try:
        return scopes.parse(scope)
    except InvalidScope:
        return frozenset()


def problems_of(application: Application, *, had: Scopes = frozenset()) -> dict[str, str]:
    """Return the problems of an application's metadata by field. They never repeat what was sent.

    ``had`` are the scopes that it has already: staff may have given it more than the open scopes.
    """
    own = {
        "name": _problem_with_name(application.name),
        "redirect_uris": problem_with_destinations(application.redirect_uris),
        "scopes": "" if _may_take(application.scopes, had=had) else _NOT_FOR_EVERYBODY,
    }
    found = {name: _TEXTS.get(name, text) for name, text in _problems_of_the_model(application).items()}
    return found | {name: text for name, text in own.items() if text}


def problem_with_destinations(uris: Iterable[str]) -> str:
    """Return what is wrong with where the answers of an application would go; empty for nothing."""
    is_here = any(redirect_uris.is_at(uri, addresses.origin()) for uri in uris)
    return "A redirect URI is not an address of this site." if is_here else ""


def save_new(values: Mapping[str, Any], *, reason: str) -> tuple[Application, ClearText | None]:
    """Save a new application with its event, in the current transaction; return it with its secret."""
    application, secret = Application.objects.register(**values, is_self_registered=True)
    events.record(SecurityEvent.Kind.APPLICATION_REGISTERED, application=application, reason=reason)
    return application, secret


def openid_values(members: OpenIDMembers) -> dict[str, Any]:
    """Return what an application registers about OpenID Connect as columns; none while that is off."""
    return asdict(members) if conf.settings().OPENID_CONNECT else {}


def _problem_with_name(name: str) -> str:
    if names.is_same(name, conf.site_name()):
        return _NAME_OF_THIS_SITE
    return "" if names.is_plain(name) else _NAME


def _problems_of_the_model(application: Application) -> Mapping[str, str]:
    """Return the problems that the model finds, in English for every language of the request."""
    with translation.override("en"):
        try:
            application.full_clean(validate_unique=False, validate_constraints=False)
        except ValidationError as wrong:
            return {name: texts[0] for name, texts in wrong.message_dict.items()}
    return {}


def _may_take(asked: Scopes, *, had: Scopes) -> bool:
    vocabulary = conf.settings().vocabulary
    return bool(asked) and all(
        name in vocabulary and vocabulary.may_be_taken(name, had=had) for name in asked
    )
