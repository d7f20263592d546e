"""DPoP proofs: with such a JWT, the sender of a request proves that it holds a key (RFC 9449 §4)."""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from hashlib import sha256
from posixpath import normpath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from oauthcore.rules.jose import claims, public_keys, signed
from oauthcore.rules.jose.problems import InvalidJWT, InvalidKey
from oauthcore.rules.jose.public_keys import PublicKey
from oauthcore.rules.jose.signed import SignedJWT

#: The algorithms that a proof may be signed with.
ALGORITHMS = tuple(public_keys.ALGORITHMS)

_TYPE = "dpop+jwt"
_DAY = 24 * 60 * 60
_PORTS = {"https": 443, "http": 80}
_THUMBPRINT = re.compile(r"[A-Za-z0-9\-_]{43}\Z", re.ASCII)


@dataclass(frozen=True)
class Proof:
    """A parsed proof. Do not trust it before :meth:`require_signed`."""

    jwt: SignedJWT
    key: PublicKey

    @classmethod
    def parse(cls, text: str) -> Proof:
        """Return a proof with the key in its header. Raises InvalidJWT."""
        jwt = signed.parse(text, types=(_TYPE,))
        try:
            return cls(jwt, public_keys.parse_key(jwt.header.get("jwk")))
        except InvalidKey:
            raise InvalidJWT("the jwk in its header is no public key that is used here") from None

    @property
    def thumbprint(self) -> bytes:
        """The SHA-256 of its key (RFC 7638)."""
        return urlsafe_b64decode(f"{self.key.thumbprint}=")

    @property
    def identifier(self) -> str:
        """Its ``jti``, which is unique among the proofs of its key."""
        return claims.text(self.jwt.claims, "jti")

    @property
    def nonce(self) -> str | None:
        """Its nonce, or None."""
        nonce = self.jwt.claims.get("nonce")
        return nonce if isinstance(nonce, str) else None

    def check(self, *, method: str, url: str, now: float, oldest: int) -> float:
        """Return when the proof ends (Unix seconds). Raises InvalidJWT unless it is for this request and new.

        It may be up to ``oldest`` seconds old. ``url`` is the address of the request as the client knows it.
        """
        said = self.jwt.claims
        claims.text(said, "jti")
        if said.get("htm") != method:
            raise InvalidJWT("the proof is made for another method (htm)")
        meant = canonical(claims.text(said, "htu", longest=signed.LONGEST))
        if meant is None or meant != canonical(url):
            raise InvalidJWT("the proof is made for another address (htu)")
        made = claims.check_made(said, now=now, oldest=oldest)
        if "exp" in said or "nbf" in said:
            claims.check_lifetime({"exp": made + oldest, **said}, now=now, most=_DAY)
        return made + oldest

    def require_for_token(self, text: str) -> None:
        """Raise InvalidJWT unless ``ath`` is the digest of this access token."""
        if not hmac.compare_digest(claims.text(self.jwt.claims, "ath").encode(), _digest(text)):
            raise InvalidJWT("the proof is made for another access token (ath)")

    def require_signed(self) -> None:
        """Raise InvalidJWT unless the key in its header has signed it. A ``kid`` is ignored."""
        header = {name: value for name, value in self.jwt.header.items() if name != "kid"}
        signed.verify(replace(self.jwt, header=header), [self.key])


class Address(NamedTuple):
    """An address in normal form, without query and fragment."""

    scheme: str
    host: str
    port: int
    path: str


def canonical(uri: str) -> Address | None:
    """Return a URI in normal form (RFC 3986 §6.2.2, §6.2.3), or None if it is not an absolute URI."""
    if not uri.isascii() or not uri.isprintable() or " " in uri:
        return None
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    path = normpath(unquote(parts.path) or "/")
    is_folder = parts.path.endswith("/") and path != "/"
    default = _PORTS[parts.scheme]
    return Address(parts.scheme, parts.hostname, default if port is None else port, path + "/" * is_folder)


def parse_thumbprint(text: str) -> bytes | None:
    """Return the 32 bytes of a thumbprint (``dpop_jkt``), or None if the text is not a thumbprint."""
    return urlsafe_b64decode(f"{text}=") if _THUMBPRINT.match(text) else None


def render_thumbprint(thumbprint: bytes) -> str:
    """Return a thumbprint as base64url (``jkt``)."""
    return urlsafe_b64encode(thumbprint).rstrip(b"=").decode()


def _digest(text: str) -> bytes:
    return urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=")
