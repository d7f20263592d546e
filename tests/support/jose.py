"""Keys and JWTs as clients make them, good ones and such as no library would make."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import uuid4

from django.utils import timezone
from joserfc import jwk
from joserfc.jws import JWSRegistry

from oauthcore import conf
from oauthcore.models import ClientKey
from oauthcore.rules.jose.public_keys import parse_key_set
from oauthcore.rules.oauth.client_credentials import JWT_BEARER
from tests.support.factories import Registered, register

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
    key = key or a_key()
    own = {"EC": "ES256", "RSA": "RS256", "OKP": "EdDSA"}[key.key_type]
    name = members["alg"] if isinstance(key, KINDS.get(str(members["alg"]), (int,))[0]) else own
    signature = JWSRegistry.algorithms[name].sign(signing_input.encode(), key)
    return f"{signing_input}.{encoded(signature)}"


def with_keys(*keys: Any, **values: Any) -> Registered:
    """Register an application that signs with these private keys, or one key, in place of a secret."""
    one = register(uses_keys=True, **values)
    ClientKey.replace(one.application, parse_key_set(key_set(*keys or [a_key()])), now=timezone.now())
    return one


def assertion(
    client_id: str, key: Any = None, *, header: Mapping[str, Any] | None = None, **claims: Any
) -> str:
    """Return a client assertion; a claim of None is left out."""
    now = time.time()
    members = {
        "iss": client_id,
        "sub": client_id,
        "aud": conf.issuer(),
        "jti": uuid4().hex,
        "iat": int(now),
        "exp": int(now) + 60,
        **claims,
    }
    return signed({name: value for name, value in members.items() if value is not None}, key, header=header)


def asserted(client_id: str, key: Any = None, **how: Any) -> dict[str, str]:
    """Return the parameters by which an application proves who it is with a new assertion."""
    return {"client_assertion_type": JWT_BEARER, "client_assertion": assertion(client_id, key, **how)}
