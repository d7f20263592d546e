"""Self-registration: applications that register themselves, as Mastodon's clients do before they log in.

They become legacy applications, because these clients send no PKCE and their tokens never expire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation

from oauthcore import conf, request_context
from oauthcore.limiter import Limit, count_try
from oauthcore.models import Application, GrantType, LegacySwitch, Profile, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.rules.errors.mastodon import RegistrationClosed, ValidationFailed
from oauthcore.rules.errors.oauth import InvalidScope, Throttled
from oauthcore.rules.oauth import scopes
from oauthcore.rules.oauth.scopes import Level, Scopes
from oauthcore.rules.text import names
from oauthcore.rules.wire.networks import group_of

#: The fields as the wire calls them, where the model has another name.
_NAMES_ON_THE_WIRE = {"name": "client_name"}
#: What is said of a field in place of the model's own words, which name neither field nor bounds.
_TEXTS = {
    "client_name": "Give client_name: a name of 1 to 100 characters on one line, for people to read.",
    "website": "Give the website as an https or http address of at most 500 characters, or leave it out.",
}
_NO_REDIRECT_URI = "Give redirect_uris: one address on each line, or urn:ietf:wg:oauth:2.0:oob to show codes."
_NOT_FOR_EVERYBODY = "Ask for scopes that this site knows and gives to everybody, with spaces between them."


@dataclass(frozen=True)
class Registration:
    """What an application says of itself."""

    name: str
    redirect_uris: tuple[str, ...]
    scope: str | None = None
    website: str = ""


def register_itself(asked: Registration) -> tuple[Application, str]:
    """Register an unverified application; return it with its secret in clear.

    Every try is counted by address before anything is looked at. Raises RegistrationClosed, Throttled, and
    ValidationFailed, naming all that is wrong.
    """
    settings = conf.settings()
    if not settings.MASTODON_REGISTRATION:
        raise RegistrationClosed("MASTODON_REGISTRATION is off")
    _count_try()
    values = {
        "name": asked.name.strip(),
        "website": asked.website,
        "redirect_uris": tuple(dict.fromkeys(asked.redirect_uris)),
        "scopes": _asked_scopes(asked.scope),
        "client_type": Application.ClientType.CONFIDENTIAL,
        "profile": Profile.OAUTH_2_0,
        "legacy_switches": [LegacySwitch.OPTIONAL_PKCE],
        "grant_types": [GrantType.AUTHORIZATION_CODE, GrantType.CLIENT_CREDENTIALS],
        "access_tokens_expire": settings.MASTODON_ACCESS_TOKEN_LIFETIME is not None,
        "access_token_lifetime": settings.MASTODON_ACCESS_TOKEN_LIFETIME,
        "is_self_registered": True,
    }
    if problems := _problems(values):
        raise ValidationFailed(problems)
    return _register(values)


@retried
def _register(values: Mapping[str, Any]) -> tuple[Application, str]:
    with atomic():
        application, secret = Application.objects.register(**values)
        events.record(
            SecurityEvent.Kind.APPLICATION_REGISTERED, application=application, reason="registered itself"
        )
    return application, secret or ""


def _count_try() -> None:
    limit = Limit("mastodon_registration", *conf.settings().MASTODON_REGISTRATION_LIMIT)
    retry_after = count_try(limit, group_of(request_context.current().address)).wait
    if retry_after is not None:
        raise Throttled("too many registrations from one address", retry_after=retry_after)


def _asked_scopes(scope: str | None) -> Scopes:
    """Return the scopes that were asked for, or the site's default; none where they cannot be read."""
    if scope is None:
        return frozenset(conf.settings().DEFAULT_SCOPES)
    try:
        return scopes.parse(scope)
    except InvalidScope:
        return frozenset()


def _problems(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is wrong, by the names of the wire, never repeating what was sent."""
    found = _problems_of_the_model(values)
    own = {
        "client_name": not names.is_plain(values["name"]) and _TEXTS["client_name"],
        "redirect_uris": not values["redirect_uris"] and _NO_REDIRECT_URI,
        "scopes": not _are_for_everybody(values["scopes"]) and _NOT_FOR_EVERYBODY,
    }
    known = {name: _TEXTS.get(name, text) for name, text in found.items()}
    return known | {name: text for name, text in own.items() if text}


def _problems_of_the_model(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what no application may be, in English whatever language the request prefers."""
    with translation.override("en"):
        try:
            Application(**values).full_clean(validate_unique=False, validate_constraints=False)
        except ValidationError as wrong:
            messages = wrong.message_dict
            return {_NAMES_ON_THE_WIRE.get(name, name): texts[0] for name, texts in messages.items()}
    return {}


def _are_for_everybody(asked: Scopes) -> bool:
    vocabulary = conf.settings().vocabulary
    return bool(asked) and all(
        name in vocabulary and vocabulary.level_of(name) is Level.OPEN for name in asked
    )
