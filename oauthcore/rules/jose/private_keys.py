"""Private keys with which this site signs JWTs, as compact JWS (RFC 7515 §7.1).

Each is an EC key on P-256, for ES256. Its ``kid`` is its thumbprint (RFC 7638), so each key has its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.text.hidden_text import HiddenText

ALGORITHM = "ES256"
_CURVE = "secp256r1"
_BITS = 256


@dataclass(frozen=True)
class PrivateKey:
    """A key to sign with: its ``kid``, and its public part as a JWK. Its ``repr`` hides the private part."""

    kid: str
    public: Mapping[str, str]
    native: Any = field(repr=False, compare=False)

    def sign(self, claims: Mapping[str, Any], *, type_: str) -> HiddenText:
        """Return the claims as a signed JWT; ``type_`` is the ``typ`` of its header."""
        from joserfc import jws

        header = {"alg": ALGORITHM, "typ": type_, "kid": self.kid}
        payload = json.dumps(claims, separators=(",", ":")).encode()
        return HiddenText(jws.serialize_compact(header, payload, self.native, algorithms=[ALGORITHM]))

    def to_bytes(self) -> bytes:
        """Return the private key in PKCS #8 (DER). The caller encrypts it at once."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        written: bytes = self.native.private_key.private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
        )
        return written


def generate() -> PrivateKey:
    """Return a new key from the operating system's random numbers."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return _key(ec.generate_private_key(ec.SECP256R1()))


def from_bytes(written: bytes) -> PrivateKey:
    """Return the key that :meth:`PrivateKey.to_bytes` wrote."""
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return _key(load_der_private_key(written, None))


def from_pem(text: str) -> PrivateKey:
    """Return the key of a PEM text. Raises InvalidKey; its message repeats nothing of the text."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        loaded = load_pem_private_key(text.encode(), None)
    except (TypeError, ValueError, UnsupportedAlgorithm):
        raise InvalidKey("It is not a private key in PEM, or it is encrypted.") from None
    return _key(loaded)


def _key(loaded: Any) -> PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from joserfc.jwk import ECKey

    if not isinstance(loaded, EllipticCurvePrivateKey) or loaded.curve.name != _CURVE:
        is_short = getattr(loaded, "key_size", _BITS) < _BITS
        raise InvalidKey("The key is too short." if is_short else "It is no EC key on the curve P-256.")
    native = ECKey.import_key(loaded)
    kid = native.thumbprint()
    members = native.as_dict(private=False)
    public = {name: str(members[name]) for name in ("kty", "crv", "x", "y")}
    return PrivateKey(kid, {**public, "kid": kid, "alg": ALGORITHM, "use": "sig"}, native)
