"""Refresh tokens of SimpleJWT: JWTs that the site has signed. Their ``jti`` finds the row.

The table of outstanding tokens has the token as it was first made. A site that adds claims afterwards gives
its clients another text. So a token is known by its signature and its ``jti``, and not by its text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import md5
from typing import Any

from oauthcore.rules.imports.purposes import LeftOut, purpose_digest

SOURCE = "simplejwt"
LONGEST_TOKEN = 8 * 1024
#: The algorithms of signatures that are checked. SimpleJWT has these too.
ALGORITHMS = (
    *("HS256", "HS384", "HS512", "RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512", "ES256", "ES384", "ES512"),
)
_KEY_TYPES = {"HS": "oct", "RS": "RSA", "PS": "RSA", "ES": "EC"}
REFRESH = "refresh"


@dataclass(frozen=True)
class Signing:
    """How the site's refresh tokens are signed, and what their claims are called."""

    algorithm: str
    key: str = field(repr=False)
    audience: str | tuple[str, ...] | None = None
    issuer: str | None = None
    leeway: timedelta = timedelta(0)
    user_id_claim: str = "user_id"
    jti_claim: str = "jti"
    type_claim: str | None = "token_type"
    #: The claim with the digest of the password hash, if the site has ``CHECK_REVOKE_TOKEN``.
    password_claim: str | None = None

    @cached_property
    def native(self) -> Any:
        """The key as an object of the library; raises ValueError if it is no key for the algorithm."""
        from joserfc.errors import JoseError
        from joserfc.jwk import JWKRegistry

        try:
            return JWKRegistry.import_key(self.key, _KEY_TYPES[self.algorithm[:2]])
        except (JoseError, ValueError, TypeError):
            raise ValueError(f"the key is no key for {self.algorithm}") from None


@dataclass(frozen=True)
class RefreshToken:
    """A refresh token whose signature is right."""

    jti: str
    user_id: str
    expires_at: datetime
    #: The digest of the password hash, where tokens have one.
    password_digest: str | None = field(default=None, repr=False)

    @property
    def digest(self) -> bytes:
        """The digest that finds its row."""
        return jti_digest(self.jti)


def jti_digest(jti: str) -> bytes:
    """Return the digest that finds the token with this ``jti``."""
    return purpose_digest(SOURCE, "jti", jti.encode("utf-8", "surrogatepass"))


def password_digest(encoded: str) -> str:
    """Return what SimpleJWT writes into a token about the password: it ends when the password changes."""
    return md5(encoded.encode(), usedforsecurity=False).hexdigest().upper()


def read(text: str, signing: Signing, *, now: datetime) -> RefreshToken:
    """Return the refresh token that a text is; raise LeftOut for any other text, and for an expired token."""
    claims = _verified(text, signing)
    expires_at = _moment(claims.get("exp"))
    if expires_at <= now - signing.leeway:
        raise LeftOut("it has expired")
    if signing.type_claim is not None and claims.get(signing.type_claim) != REFRESH:
        raise LeftOut("it is no refresh token")
    if signing.issuer is not None and claims.get("iss") != signing.issuer:
        raise LeftOut("it is of another issuer")
    if not _is_for(claims.get("aud"), signing.audience):
        raise LeftOut("it is for another audience")
    jti, user_id = claims.get(signing.jti_claim), claims.get(signing.user_id_claim)
    if not isinstance(jti, str) or not jti:
        raise LeftOut("it has no jti")
    if not isinstance(user_id, str | int) or isinstance(user_id, bool):
        raise LeftOut("it names no person")
    shown = None if signing.password_claim is None else str(claims.get(signing.password_claim))
    return RefreshToken(jti, str(user_id), expires_at, shown)


def _verified(text: str, signing: Signing) -> Mapping[str, Any]:
    """Return the claims, after the signature was found to be the site's own."""
    from joserfc.errors import JoseError
    from joserfc.jws import deserialize_compact

    if len(text) > LONGEST_TOKEN or not text.isascii():
        raise LeftOut("it is no signed token")
    try:
        found = deserialize_compact(text, signing.native, algorithms=[signing.algorithm])
        claims = json.loads(found.payload or b"")
    except (JoseError, ValueError):
        raise LeftOut("its signature is not of the present key") from None
    if not isinstance(claims, dict):
        raise LeftOut("it holds no claims")
    return claims


def _moment(value: object) -> datetime:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise LeftOut("it does not say when it ends")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError, ValueError):
        raise LeftOut("it does not say when it ends") from None


def _is_for(named: object, wanted: str | tuple[str, ...] | None) -> bool:
    if wanted is None:
        return True
    listed = named if isinstance(named, list) else [named]
    return any(one in listed for one in ((wanted,) if isinstance(wanted, str) else wanted))
