"""Private keys with which this site signs JWTs, as compact JWS (RFC 7515 §7.1).

An EC key on P-256 signs with ES256, an RSA key with RS256. The ``kid`` of a key is its thumbprint (RFC 7638),
so each key has its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.jose.public_keys import RSA_BITS
from oauthcore.rules.text.hidden_text import HiddenText

#: Access tokens are signed with it.
ES256 = "ES256"
#: The algorithm that every relying party of OpenID Connect supports (OpenID Connect Core §15.1).
RS256 = "RS256"
ALGORITHMS = (ES256, RS256)
_CURVE = "secp256r1"
_BITS = 256
#: The size of a new RSA key. It signs in less than half a millisecond, and one of 3072 bits in two.
_NEW_RSA_BITS = 2048
_EXPONENT = 65537
#: The members of the public key itself, by algorithm.
_MEMBERS = {ES256: ("kty", "crv", "x", "y"), RS256: ("kty", "n", "e")}


@dataclass(frozen=True)
class PrivateKey:
    """A key to sign with: its ``kid``, and its public part as a JWK. Its ``repr`` hides the private part."""

    kid: str
    algorithm: str
    public: Mapping[str, str]
    native: Any = field(repr=False, compare=False)

    def sign(self, claims: Mapping[str, Any], *, type_: str) -> HiddenText:
        """Return the claims as a signed JWT; ``type_`` is the ``typ`` of its header."""
        from joserfc import jws

        header = {"alg": self.algorithm, "typ": type_, "kid": self.kid}
        payload = json.dumps(claims, separators=(",", ":")).encode()
        return HiddenText(jws.serialize_compact(header, payload, self.native, algorithms=[self.algorithm]))

    def to_bytes(self) -> bytes:
        """Return the private key in PKCS #8 (DER). The caller encrypts it at once."""
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        written: bytes = self.native.private_key.private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
        )
        return written


def generate(algorithm: str = ES256) -> PrivateKey:
    """Return a new key for an algorithm, from the operating system's random numbers."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return _key(_new_rsa_key() if algorithm == RS256 else ec.generate_private_key(ec.SECP256R1()))


def _new_rsa_key() -> Any:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(_EXPONENT, _NEW_RSA_BITS)


def from_bytes(written: bytes) -> PrivateKey:
    """Return the key that :meth:`PrivateKey.to_bytes` wrote.

    It is not validated again, which takes 50 ms for an RSA key: the bytes were encrypted and authenticated.
    """
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return _key(load_der_private_key(written, None, unsafe_skip_rsa_key_validation=True))


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
    from joserfc.jwk import ECKey, RSAKey

    algorithm = _algorithm_of(loaded)
    native = RSAKey.import_key(loaded) if algorithm == RS256 else ECKey.import_key(loaded)
    kid = native.thumbprint()
    members = native.as_dict(private=False)
    public = {name: str(members[name]) for name in _MEMBERS[algorithm]}
    return PrivateKey(kid, algorithm, {**public, "kid": kid, "alg": algorithm, "use": "sig"}, native)


def _algorithm_of(loaded: Any) -> str:
    """Return the algorithm that a key is for. Raises InvalidKey for any key that is not for signing here."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    if isinstance(loaded, RSAPrivateKey):
        if loaded.key_size not in RSA_BITS:
            raise InvalidKey(f"An RSA key has {RSA_BITS.start} to {RSA_BITS.stop - 1} bits.")
        return RS256
    if isinstance(loaded, EllipticCurvePrivateKey) and loaded.curve.name == _CURVE:
        return ES256
    is_short = getattr(loaded, "key_size", _BITS) < _BITS
    raise InvalidKey(
        "The key is too short." if is_short else "It is neither an EC key on the curve P-256 nor an RSA key."
    )
