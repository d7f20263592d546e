"""The settings: one ``OAUTHCORE`` dict. ``keys.py`` lists its keys.

Read them through :func:`settings` when they are needed, never at import. Then ``override_settings`` works.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from oauthcore.accounts import AccountBackend, NoAccounts
from oauthcore.claims import ClaimsSource
from oauthcore.conf.keys import Keys
from oauthcore.conf.openid_scopes import SCOPE_DESCRIPTIONS
from oauthcore.rules.jose.private_keys import ALGORITHMS, ES256
from oauthcore.rules.oauth.resources import Resource, Resources
from oauthcore.rules.oauth.scopes import Level, Scopes, ScopeWords, Vocabulary
from oauthcore.rules.oidc.claims import OPENID
from oauthcore.rules.tokens.secrets import SecretFormat
from oauthcore.rules.wire.networks import Network, parse_network
from oauthcore.second_factor import SecondFactor


@dataclass(frozen=True)
class Settings(Keys):
    """The settings in force, and the values that are computed from them once."""

    @cached_property
    def switched_on(self) -> frozenset[str]:
        """The names of the switches that are on."""
        return frozenset(one.name for one in fields(Keys) if getattr(self, one.name) is True)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The scopes with their words. Those of OpenID Connect need not be declared."""
        of_openid = SCOPE_DESCRIPTIONS if self.OPENID_CONNECT else {}
        return Vocabulary({name: _words(value) for name, value in {**of_openid, **self.SCOPES}.items()})

    @cached_property
    def resources(self) -> Resources:
        """The protected resources of the site, the issuer among them."""
        name = self.SITE_NAME or urlsplit(self.ISSUER).netloc
        issuer = Resource(self.ISSUER, name, frozenset(self.vocabulary.words))
        return Resources.of(issuer, self.RESOURCES)

    def resource_parts(self, scopes: Scopes, resources: frozenset[str]) -> dict[str, Scopes]:
        """Return for each resource the scopes that it declares; without resources, all under ``""``."""
        if not resources:
            return {"": scopes}
        named = {one.identifier: one for one in map(self.resources.find, resources) if one is not None}
        return {name: self.vocabulary.narrowed(scopes, one.scopes) for name, one in named.items()}

    def declared_scopes(self, scopes: Scopes, resources: frozenset[str]) -> Scopes:
        """Return those of the scopes that any of the resources declares."""
        named = [one for one in map(self.resources.find, resources) if one is not None]
        return self.vocabulary.narrowed(scopes, frozenset().union(*(one.scopes for one in named)))

    @cached_property
    def secret_format(self) -> SecretFormat:
        """The format of the secrets of this site."""
        return SecretFormat(self.TOKEN_PREFIX, self.TOKEN_ENVIRONMENT, self.JWT_ACCESS_TOKENS)

    @cached_property
    def account_backend(self) -> AccountBackend:
        """An instance of the site's account backend."""
        backend: AccountBackend = import_string(self.ACCOUNT_BACKEND)()
        return backend

    @cached_property
    def has_accounts(self) -> bool:
        """Whether the site has accounts: its backend is not ``NoAccounts``."""
        return not isinstance(self.account_backend, NoAccounts)

    @cached_property
    def sign_in_scopes(self) -> Scopes:
        """The scopes of people who sign in from an app, on a site without accounts."""
        return self.open_scopes if self.SIGN_IN_SCOPES is None else frozenset(self.SIGN_IN_SCOPES)

    @cached_property
    def open_scopes(self) -> Scopes:
        """The scopes that everybody may give to an application."""
        vocabulary = self.vocabulary
        return frozenset(name for name in vocabulary.words if vocabulary.level_of(name) is Level.OPEN)

    @cached_property
    def claims(self) -> ClaimsSource:
        """An instance of the class that knows the claims about a person."""
        source: ClaimsSource = import_string(self.CLAIMS)()
        return source

    @cached_property
    def second_factor(self) -> SecondFactor:
        """An instance of the class that asks for a second factor."""
        factor: SecondFactor = import_string(self.SECOND_FACTOR)()
        return factor

    @property
    def signs_tokens(self) -> bool:
        """Whether the site signs JWTs that others verify. Then it publishes keys."""
        return self.JWT_ACCESS_TOKENS or self.OPENID_CONNECT

    def is_openid(self, scopes: Scopes) -> bool:
        """Return whether a request or grant with these scopes is an OpenID one (its Core, §3.1.2.1).

        While OpenID Connect is off, ``openid`` is a scope of the site like any other.
        """
        return self.OPENID_CONNECT and OPENID in scopes

    @property
    def signing_algorithms(self) -> tuple[str, ...]:
        """The algorithms with which the site signs JWTs. OpenID Connect also needs RS256 (Core §15.1)."""
        return ALGORITHMS if self.OPENID_CONNECT else (ES256,)

    @cached_property
    def is_observed(self) -> bool:
        """Whether metrics are counted or spans recorded."""
        return self.METRICS or self.TRACING

    @cached_property
    def trusted_proxies(self) -> tuple[Network, ...]:
        """The networks of the site's own proxies."""
        return tuple(parse_network(text) for text in self.TRUSTED_PROXIES)

    @cached_property
    def logout_token_networks(self) -> tuple[Network, ...]:
        """The private networks that logout tokens may go to."""
        return tuple(parse_network(text) for text in self.LOGOUT_TOKEN_NETWORKS)


def _words(value: Any) -> ScopeWords:
    if not isinstance(value, Mapping):
        return ScopeWords(description=value)
    return ScopeWords(**{**value, "includes": tuple(value.get("includes", ()))})


def _given() -> dict[str, Any]:
    return getattr(django_settings, "OAUTHCORE", {})


def unknown_keys() -> list[str]:
    """Return the unknown keys of ``OAUTHCORE``, for the system check."""
    return sorted(set(_given()) - {one.name for one in fields(Settings)})


@cache
def types() -> dict[str, Any]:
    """Return the type of each key. Each system check needs them, and they do not change."""
    return get_type_hints(Keys)


@cache
def settings() -> Settings:
    """Return the settings in force: the defaults, overridden by the site's ``OAUTHCORE``."""
    unknown = unknown_keys()
    return Settings(**{name: value for name, value in _given().items() if name not in unknown})


def issuer() -> str:
    """Return the issuer identifier (RFC 8414 §2): always the setting, never the request."""
    return settings().ISSUER


def site_name() -> str:
    """Return the name of the site as people know it."""
    return settings().SITE_NAME or urlsplit(issuer()).netloc


def _forget(*, setting: str, **_: object) -> None:
    if setting == "OAUTHCORE":
        settings.cache_clear()


setting_changed.connect(_forget, dispatch_uid="oauthcore.conf")
