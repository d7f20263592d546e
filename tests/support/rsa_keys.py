"""Signing keys in PEM. A process makes a few RSA keys and keeps them: one takes as long as a whole test."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_kept: list[rsa.RSAPrivateKey] = []
_making = Lock()


def kept_rsa_key(number: int) -> rsa.RSAPrivateKey:
    """Return an RSA key, another one for each number."""
    with _making:
        while len(_kept) <= number:
            _kept.append(rsa.generate_private_key(65537, 2048))
    return _kept[number]


def pem(key: Any) -> str:
    """Return a private key as a site writes it into its settings."""
    written: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return written.decode()


@cache
def ec_pem(number: int = 0) -> str:
    """Return an EC key in PEM, another one for each number."""
    return pem(ec.generate_private_key(ec.SECP256R1()))


def rsa_pem(number: int = 0) -> str:
    """Return an RSA key in PEM, another one for each number."""
    return pem(kept_rsa_key(number))
