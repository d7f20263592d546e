"""Self-registration: applications that register themselves, as Mastodon's clients do before they log in.

They become legacy applications, because these clients send no PKCE and their tokens never expire.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oauthcore import conf
from oauthcore.flows.oauth.registration import registering
from oauthcore.models import Application, GrantType, LegacySwitch, Profile
from oauthcore.models.database import atomic, retried
from oauthcore.rules.errors.mastodon import ValidationFailed
from oauthcore.rules.errors.registration import RegistrationClosed

#: The fields as the wire calls them, where the model has another name.
_NAMES_ON_THE_WIRE = {"name": "client_name"}
_NO_REDIRECT_URI = "Give redirect_uris: one address on each line, or urn:ietf:wg:oauth:2.0:oob to show codes."


@dataclass(frozen=True)
class Registration:
    """The metadata that an application sends."""

    name: str
    redirect_uris: tuple[str, ...]
    scope: str | None = None
    website: str = ""


def register_itself(asked: Registration) -> tuple[Application, str]:
    """Register an unverified application; return it with its secret in clear.

    Every try is counted by address before anything is checked. Raises RegistrationClosed, Throttled, and
    ValidationFailed, which names all problems.
    """
    settings = conf.settings()
    if not settings.MASTODON_REGISTRATION:
        raise RegistrationClosed("MASTODON_REGISTRATION is off")
    registering.count_by_address("mastodon_registration", settings.MASTODON_REGISTRATION_LIMIT)
    values = {
        "name": asked.name.strip(),
        "website": asked.website,
        "redirect_uris": tuple(dict.fromkeys(asked.redirect_uris)),
        "scopes": registering.asked_scopes(asked.scope),
        "client_type": Application.ClientType.CONFIDENTIAL,
        "profile": Profile.OAUTH_2_0,
        "legacy_switches": [LegacySwitch.OPTIONAL_PKCE],
        "grant_types": [GrantType.AUTHORIZATION_CODE, GrantType.CLIENT_CREDENTIALS],
        "access_tokens_expire": settings.MASTODON_ACCESS_TOKEN_LIFETIME is not None,
        "access_token_lifetime": settings.MASTODON_ACCESS_TOKEN_LIFETIME,
    }
    problems = registering.problems_of(Application(**values))
    if not values["redirect_uris"]:
        problems["redirect_uris"] = _NO_REDIRECT_URI
    if problems:
        raise ValidationFailed({_NAMES_ON_THE_WIRE.get(name, name): text for name, text in problems.items()})
    return _register(values)


@retried
def _register(values: Mapping[str, Any]) -> tuple[Application, str]:
    with atomic():
        application, secret = registering.save_new(values, reason="registered itself")
    return application, secret or ""
