"""How requests prove what they may do, as OpenAPI's security schemes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

from rest_framework.permissions import AND, OR, AllowAny

from oauthcore import conf
from oauthcore.addresses import absolute, absolute_if_mounted
from oauthcore.api.drf.permissions import RequiresScopes
from oauthcore.api.openapi.schemas import is_3_1
from oauthcore.flows.oauth.grants.client_credentials import CLIENT_CREDENTIALS
from oauthcore.flows.oauth.scope_words import in_words

OAUTH2 = "OAuth2"
SERVICE_TOKEN = "ServiceToken"
DEVICE_SESSION = "DeviceSession"
CLIENT_SECRET = "ClientSecret"
REGISTRATION_TOKEN = "RegistrationToken"
INITIAL_ACCESS_TOKEN = "InitialAccessToken"
METRICS_TOKEN = "MetricsToken"

Requirement = dict[str, list[str]]

#: The permissions that describe themselves here.
_OURS: tuple[type, ...] = (RequiresScopes, AllowAny)


def bearer_schemes() -> dict[str, dict[str, Any]]:
    """Return the schemes of access tokens, by name: those of applications, of devices, service tokens."""
    settings = conf.settings()
    schemes = {
        OAUTH2: _oauth2(),
        SERVICE_TOKEN: _bearer(
            "A service token, which staff make in the admin. Send it as `Authorization: Bearer`.",
            f"{settings.TOKEN_PREFIX}_{settings.TOKEN_ENVIRONMENT}_…",
        ),
    }
    if absolute_if_mounted("oauthcore:sign_in_token"):
        schemes[DEVICE_SESSION] = _bearer(
            "The access token of a device on which a person signed in: `POST /v1/auth/token` gives it."
        )
    return schemes


def client_schemes() -> dict[str, dict[str, Any]]:
    """Return the schemes with which applications prove who they are at the endpoints of OAuth."""
    return {
        CLIENT_SECRET: {
            "type": "http",
            "scheme": "basic",
            "description": "`client_id` and `client_secret` of an application (RFC 6749 section 2.3.1). Or "
            "they are parameters of the body. A public application sends its `client_id` alone there.",
        },
        REGISTRATION_TOKEN: _bearer("The `registration_access_token` of an application that registered."),
        INITIAL_ACCESS_TOKEN: _bearer("An initial access token, which lets an application register."),
        METRICS_TOKEN: _bearer("The setting `METRICS_TOKEN`. Some networks need none."),
    }


def _bearer(description: str, form: str = "") -> dict[str, Any]:
    return {
        "type": "http",
        "scheme": "bearer",
        "description": description,
        **({"bearerFormat": form} if form else {}),
    }


def _oauth2() -> dict[str, Any]:
    scopes = {name: in_words(name).description for name in conf.settings().vocabulary.words}
    token = {"tokenUrl": absolute("token"), "refreshUrl": absolute("token"), "scopes": scopes}
    without_person = {"tokenUrl": absolute("token"), "scopes": scopes}
    flows = {"authorizationCode": {"authorizationUrl": absolute("authorize"), **token}}
    if CLIENT_CREDENTIALS.is_on:
        flows["clientCredentials"] = without_person
    return {
        "type": "oauth2",
        "description": "An access token of an application (OAuth 2.1, with PKCE). Send it as "
        "`Authorization: Bearer`.",
        "flows": flows,
    }


@dataclass(frozen=True)
class Way:
    """One way to satisfy the permissions of a view: what a token needs, and whether a session will do."""

    scopes: frozenset[str] = frozenset()
    person: bool = False
    sessions: bool = False
    is_stated: bool = False

    @classmethod
    def through(cls, requirements: Iterable[RequiresScopes]) -> Way:
        """Return the way through all of these requirements."""
        found = list(requirements)
        return cls(
            frozenset(scope for one in found for scope in one.scopes),
            any(one.person for one in found),
            all(one.sessions for one in found),
            bool(found),
        )

    @property
    def requirements(self) -> list[Requirement]:
        """The security requirements of OpenAPI for it: any one of them is enough."""
        scopes = sorted(self.scopes)
        kinds = {name: scopes if is_3_1() or name == OAUTH2 else [] for name in bearer_schemes()}
        return [{name: found} for name, found in kinds.items() if not self.person or name != SERVICE_TOKEN]


def ways_through(permissions: Iterable[Any]) -> list[Way]:
    """Return all ways to satisfy the permissions of a view. Other permissions than ours are left out."""
    each = [_ways(one) for one in permissions]
    return [Way.through(one for part in parts for one in part) for parts in product(*each)]


def has_others(permission: Any) -> bool:
    """Return whether a permission is one of the site's own, or has one in it."""
    if isinstance(permission, AND | OR):
        sides: list[Any] = [getattr(permission, name) for name in ("op1", "op2")]
        return any(map(has_others, sides))
    return not isinstance(permission, _OURS)


def _ways(permission: Any) -> list[tuple[RequiresScopes, ...]]:
    if isinstance(permission, AND | OR):
        one, other = (_ways(getattr(permission, name)) for name in ("op1", "op2"))
        return one + other if isinstance(permission, OR) else [(*a, *b) for a, b in product(one, other)]
    return [(permission,)] if isinstance(permission, RequiresScopes) else [()]
