"""Signed JWTs from strangers: compact JWS with few algorithms (RFC 7515, 7519, 8725)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.jose.problems import InvalidJWT, UnknownKey
from oauthcore.rules.jose.public_keys import ALGORITHMS, LONGEST_KID, PublicKey
from oauthcore.rules.wire import strict_json

#: The most characters of a JWT; a longer JWT is not parsed.
LONGEST = 8 * 1024


@dataclass(frozen=True)
class SignedJWT:
    """A parsed JWT. Do not trust its claims before :func:`verify` has found its key."""

    header: Mapping[str, Any] = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @property
    def algorithm(self) -> str:
        """One of :data:`ALGORITHMS`."""
        return str(self.header["alg"])

    @property
    def kid(self) -> str | None:
        """The ``kid`` of the header, or None."""
        return self.header.get("kid")


def parse(text: str, *, types: Collection[str | None]) -> SignedJWT:
    """Return a JWT whose ``typ`` is one of ``types``; None among them allows a JWT without ``typ``.

    Raises InvalidJWT if the text is no signed JWT or too long, or has another type or algorithm or ``crit``.
    """
    if len(text) > LONGEST:
        raise InvalidJWT(f"the JWT is longer than {LONGEST} characters")
    parts = text.split(".")
    if len(parts) != 3:
        raise InvalidJWT("a signed JWT has three parts")
    header, claims = (_document(part) for part in parts[:2])
    algorithm, kind, kid = (header.get(name) for name in ("alg", "typ", "kid"))
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise InvalidJWT("the algorithm is none of those that are allowed")
    if not isinstance(kind, str | None) or kind not in types:
        raise InvalidJWT("the JWT is of another type")
    if "crit" in header or "b64" in header:
        raise InvalidJWT("the header asks for an extension")
    if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= LONGEST_KID):
        raise InvalidJWT("the kid is not a text, or is too long")
    return SignedJWT(header, claims, f"{parts[0]}.{parts[1]}".encode(), _decoded(parts[2]))


def verify(jwt: SignedJWT, keys: Sequence[PublicKey]) -> PublicKey:
    """Return the key that has signed a JWT.

    The ``kid`` of the JWT chooses the key. Without ``kid``, each key for its algorithm is tried. Raises
    UnknownKey if no key fits, and InvalidJWT for a wrong signature.
    """
    named = [key for key in keys if jwt.kid is None or key.is_called(jwt.kid)]
    fitting = [key for key in named if jwt.algorithm in key.algorithms]
    if not fitting:
        raise UnknownKey("no key has this kid and algorithm")
    for key in fitting:
        if _has_signed(key, jwt):
            return key
    raise InvalidJWT("the signature is wrong")


def _has_signed(key: PublicKey, jwt: SignedJWT) -> bool:
    from joserfc.jws import JWSRegistry

    return JWSRegistry.algorithms[jwt.algorithm].verify(jwt.signed, jwt.signature, key.native)


def _document(part: str) -> Mapping[str, Any]:
    try:
        document = strict_json.loads(_decoded(part))
    except InvalidRequest:
        raise InvalidJWT("a part of the JWT is not JSON") from None
    if not isinstance(document, Mapping):
        raise InvalidJWT("a part of the JWT is no JSON object")
    return document


def _decoded(part: str) -> bytes:
    """Return the bytes of unpadded base64url. Only the canonical text of those bytes is accepted."""
    try:
        encoded = part.encode("ascii")
        decoded = urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))
    except ValueError:
        raise InvalidJWT("a part of the JWT is not base64url") from None
    if urlsafe_b64encode(decoded).rstrip(b"=") != encoded:
        raise InvalidJWT("a part of the JWT is not base64url")
    return decoded
