"""Who takes part: the product, its site, what is set there, and what it needs to be installed."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.products import Operation

OURS = "oauthcore"
PLAIN = "Django"

OPERATIONS = (
    "plain view",
    "no-op view",
    "no-op view + SELECT",
    "token check",
    "service token check",
    "client credentials",
    "code",
    "refresh",
    "introspection",
    "revoke",
    "sign-in",
    "session refresh",
    "sign-out",
)


@dataclass(frozen=True)
class Entrant:
    """One product of the field, with one set of options."""

    name: str
    """As the report has it."""
    site: str
    """Its folder among the peers."""
    options: str
    """What is set, in words."""
    operations: str = "operations"
    settings: str = "settings"
    distribution: str = ""
    needs: str = ""
    """The package to import; without it, the product is left out."""
    is_served: bool = True
    """Whether it takes part under load: not where a password hash, counted apart, is most of the cost."""

    @property
    def settings_module(self) -> str:
        return f"benchmarks.field.peers.{self.site}.{self.settings}"

    def make_operations(self) -> Iterator[Operation]:
        """Make what the operations need, and yield them; Django is set up, the tables are there."""
        module = importlib.import_module(f"benchmarks.field.peers.{self.site}.operations")
        operations: Callable[[], Iterator[Operation]] = getattr(module, self.operations)
        return operations()

    @property
    def is_installed(self) -> bool:
        return not self.needs or find_spec(self.needs) is not None

    @property
    def version(self) -> str:
        return version(self.distribution) if self.distribution and self.is_installed else ""


ENTRANTS = (
    Entrant(PLAIN, "plain", "Django REST framework alone", distribution="django"),
    Entrant(OURS, "oauthcore", "its defaults: usage counts, limits and security events are on"),
    Entrant(
        "django-oauth-toolkit",
        "toolkit",
        "client secrets stored as they are (`hash_client_secret=False`); else its defaults",
        operations="with_plain_secrets",
        distribution="django-oauth-toolkit",
        needs="oauth2_provider",
    ),
    Entrant(
        "django-oauth-toolkit, as installed",
        "toolkit",
        "its defaults: client secrets are hashed like passwords",
        operations="with_hashed_secrets",
        is_served=False,
        distribution="django-oauth-toolkit",
        needs="oauth2_provider",
    ),
    Entrant(
        "Authlib",
        "authlib",
        "the models and views of its documentation; client secrets stored as they are, PKCE required, "
        "refresh tokens rotated",
        distribution="authlib",
        needs="authlib",
    ),
    Entrant(
        "allauth",
        "allauth",
        "`allauth.idp.oidc` with opaque tokens, its default; introspection on, its rate limits off",
        distribution="django-allauth",
        needs="allauth",
    ),
    Entrant("Knox", "knox", "its defaults", distribution="django-rest-knox", needs="knox"),
    Entrant(
        "SimpleJWT",
        "simplejwt",
        "its defaults (HS256), and `JWTStatelessUserAuthentication`: a token is believed until it expires",
        operations="stateless",
        distribution="djangorestframework-simplejwt",
        needs="rest_framework_simplejwt",
    ),
    Entrant(
        "SimpleJWT with blacklist",
        "simplejwt",
        "`JWTAuthentication`, `ROTATE_REFRESH_TOKENS=True` and `BLACKLIST_AFTER_ROTATION=True`",
        operations="with_blacklist",
        settings="settings_blacklist",
        distribution="djangorestframework-simplejwt",
        needs="rest_framework_simplejwt",
    ),
    Entrant(
        "DRF authtoken",
        "authtoken",
        "as it comes: one token for each person, stored as it is",
        distribution="djangorestframework",
    ),
    Entrant(
        "djangorestframework-api-key",
        "api_key",
        "its defaults",
        distribution="djangorestframework-api-key",
        needs="rest_framework_api_key",
    ),
)
NAMES = tuple(entrant.name for entrant in ENTRANTS)


def entrant(name: str) -> Entrant:
    """Return the product of this name."""
    return next(one for one in ENTRANTS if one.name == name)
