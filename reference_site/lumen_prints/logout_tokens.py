"""What a provider sends when somebody logs out there (OpenID Connect Back-Channel Logout §2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.integrations.django_client import DjangoOAuth2App
from django.core.cache import cache
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LEEWAY_SECONDS = 60
#: How long a token is remembered, so that it works once: longer than any of them lives.
_REMEMBERED_SECONDS = 3600


class BadLogoutToken(Exception):
    """The token does not say, from the provider to us, that somebody logged out."""


@dataclass(frozen=True)
class Ended:
    """Whose session ended: one session of the person, or all of them where ``sid`` is empty."""

    subject: str
    sid: str


def read(text: str, provider: DjangoOAuth2App, issuer: str) -> Ended:
    """Return what a logout token ends. Raises BadLogoutToken."""
    try:
        token = _decode(text, provider)
        _claims(issuer, provider.client_id).validate(token.claims)
    except (JoseError, ValueError, TypeError) as wrong:
        raise BadLogoutToken(str(wrong)) from wrong
    if token.header.get("typ", "logout+jwt") != "logout+jwt":
        raise BadLogoutToken("it is a token of another type")
    return _ended(token.claims)


def _decode(text: str, provider: DjangoOAuth2App) -> jwt.Token:
    algorithms = provider.load_server_metadata()["id_token_signing_alg_values_supported"]
    try:
        return jwt.decode(text, KeySet.import_key_set(provider.fetch_jwk_set()), algorithms=algorithms)
    except InvalidKeyIdError:  # the provider has a new key
        keys = KeySet.import_key_set(provider.fetch_jwk_set(force=True))
        return jwt.decode(text, keys, algorithms=algorithms)


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
    if not cache.add(f"logout-token:{claims['jti']}", 1, _REMEMBERED_SECONDS):
        raise BadLogoutToken("it was sent before")
    return Ended(subject, sid)
