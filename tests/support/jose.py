"""Keys and JWTs as clients make them, good ones and such as no library would make."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from joserfc import jwk
from joserfc.jws import JWSRegistry

KINDS: dict[str, tuple[Any, Any]] = {
    "ES256": (jwk.ECKey, "P-256"),
    "RS256": (jwk.RSAKey, 2048),
    "PS256": (jwk.RSAKey, 2048),
    "EdDSA": (jwk.OKPKey, "Ed25519"),
}


def new_key(algorithm: str = "ES256") -> Any:
    """Return a new private key."""
    kind, size = KINDS[algorithm]
    return kind.generate_key(size)


@cache
def a_key(algorithm: str = "ES256") -> Any:
    """Return a private key, the same for all tests: an RSA key takes a while to make."""
    return new_key(algorithm)


def public(key: Any, **members: Any) -> dict[str, Any]:
    """Return the public JWK of a key, with more members."""
    return {**key.as_dict(private=False), **members}


def key_set(*keys: Any) -> str:
    """Return a JWK Set of public JWKs or private keys."""
    return json.dumps({"keys": [one if isinstance(one, dict) else public(one) for one in keys]})


def encoded(part: bytes | object) -> str:
    """Return base64url of bytes, or of a document as JSON."""
    body = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


def signed(claims: object, key: Any = None, *, header: Mapping[str, Any] | None = None) -> str:
    """Return a JWT signed with a private key; the header may say anything, and leaves out what is None."""
    members = {"alg": "ES256", "typ": "JWT", **(header or {})}
    head = encoded({name: value for name, value in members.items() if value is not None})
    signing_input = f"{head}.{encoded(claims)}"
    algorithm = JWSRegistry.algorithms[members["alg"] if members["alg"] in list(KINDS) else "ES256"]
    signature = algorithm.sign(signing_input.encode(), key or a_key())
    return f"{signing_input}.{encoded(signature)}"
