"""Checking the logout tokens that the provider sends (OpenID Connect Back-Channel Logout §2.6)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from authlib.integrations.django_client import DjangoOAuth2App
from django.core.cache import cache
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LEEWAY_SECONDS = 60
#: How long a used token is remembered, so that it works once. No token is valid for that long.
_REMEMBERED_SECONDS = 3600
#: How long the provider is not asked again, because anybody can send tokens with an unknown key.
SECONDS_BETWEEN_QUESTIONS = 30


class BadLogoutToken(Exception):
    """The token is not a valid logout token of the provider for this shop."""


class ProviderSilent(Exception):
    """The provider cannot be asked for its keys now, so the token cannot be checked yet."""


@dataclass(frozen=True)
class Ended:
    """The session that ended. If ``sid`` is empty, all sessions of the person ended.

    ``token`` identifies the logout token.
    """

    subject: str
    sid: str
    token: str = field(default="", compare=False)


def read(text: str, provider: DjangoOAuth2App, issuer: str) -> Ended:
    """Return what a logout token ends. Raises BadLogoutToken or ProviderSilent."""
    try:
        token = _decode(text, provider)
        _claims(issuer, provider.client_id).validate(token.claims)
    except (JoseError, ValueError, TypeError) as wrong:
        raise BadLogoutToken(str(wrong)) from wrong
    if token.header.get("typ", "logout+jwt") != "logout+jwt":
        raise BadLogoutToken("it is a token of another type")
    return _ended(token.claims)


def remember(ended: Ended) -> None:
    """Remember that the sessions have ended: the logout token does not work again."""
    cache.set(_remembered_as(ended.token), 1, _REMEMBERED_SECONDS)


def _remembered_as(identifier: str) -> str:
    return f"logout-token:{hashlib.sha256(identifier.encode()).hexdigest()}"


def _decode(text: str, provider: DjangoOAuth2App) -> jwt.Token:
    known = provider.server_metadata
    if "jwks" not in known:
        known = _asked(provider)
    try:
        return _decode_with(known, text)
    except InvalidKeyIdError:  # the provider has a new key, or somebody invented one
        return _decode_with(_asked(provider), text)


def _decode_with(known: Mapping[str, Any], text: str) -> jwt.Token:
    algorithms = known["id_token_signing_alg_values_supported"]
    return jwt.decode(text, KeySet.import_key_set(known["jwks"]), algorithms=algorithms)


def _asked(provider: DjangoOAuth2App) -> Mapping[str, Any]:
    """Return the provider's metadata with its present keys. It asks the provider once in a while."""
    if not cache.add("logout-token-keys", 1, SECONDS_BETWEEN_QUESTIONS):
        raise ProviderSilent("the provider was asked for its keys a moment ago")
    try:
        provider.fetch_jwk_set(force=True)
    except (requests.RequestException, ValueError, RuntimeError) as problem:
        raise ProviderSilent(f"the provider does not return its keys: {problem}") from problem
    known: Mapping[str, Any] = provider.server_metadata
    return known


def _claims(issuer: str, client_id: str) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        iat={"essential": True},
        exp={"essential": True},
        jti={"essential": True},
    )


def _ended(claims: Mapping[str, Any]) -> Ended:
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(_EVENT), dict):
        raise BadLogoutToken("it is about another event")
    if "nonce" in claims:
        raise BadLogoutToken("it is an id token")
    subject, sid = claims.get("sub", ""), claims.get("sid", "")
    if not isinstance(subject, str) or not isinstance(sid, str) or not (subject or sid):
        raise BadLogoutToken("it names nobody")
    if cache.get(_remembered_as(str(claims["jti"]))):
        raise BadLogoutToken("it was sent before")
    return Ended(subject, sid, str(claims["jti"]))
