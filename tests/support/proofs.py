"""DPoP proofs as a client makes them, from primitives: without the library that reads them here."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from functools import cache
from hashlib import sha256
from secrets import token_hex
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.http import HttpResponse
from django.test import Client

from tests.support.factories import Registered, UserFactory, bearer, register
from tests.support.oauth import OAuthClient, post

ISSUER = "https://testserver"
TOKEN_URL = f"{ISSUER}/oauth/token"


def base64(content: bytes | str) -> str:
    body = content.encode() if isinstance(content, str) else content
    return urlsafe_b64encode(body).rstrip(b"=").decode()


def _number(value: int, size: int | None = None) -> str:
    return base64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


@cache
def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Prover:
    """A client with a key of its own: it makes proofs, and sends requests with them."""

    def __init__(self, algorithm: str = "ES256") -> None:
        self.algorithm = algorithm
        self._key: Any = {
            "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
            "RS256": _rsa,
            "PS256": _rsa,
            "EdDSA": ed25519.Ed25519PrivateKey.generate,
        }[algorithm]()

    @property
    def jwk(self) -> dict[str, str]:
        """The public key, with the members of RFC 7638 in their order."""
        public = self._key.public_key()
        if self.algorithm == "ES256":
            numbers = public.public_numbers()
            return {"crv": "P-256", "kty": "EC", "x": _number(numbers.x, 32), "y": _number(numbers.y, 32)}
        if self.algorithm == "EdDSA":
            return {"crv": "Ed25519", "kty": "OKP", "x": base64(public.public_bytes_raw())}
        numbers = public.public_numbers()
        return {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}

    @property
    def private_jwk(self) -> dict[str, str]:
        """The key with its private part, which no proof may carry."""
        return {**self.jwk, "d": _number(self._key.private_numbers().private_value, 32)}

    @property
    def jkt(self) -> str:
        """The thumbprint of the key (RFC 7638)."""
        return base64(self.thumbprint)

    @property
    def thumbprint(self) -> bytes:
        return sha256(json.dumps(self.jwk, separators=(",", ":")).encode()).digest()

    def token(self, **values: Any) -> str:
        """Issue an access token that is bound to the key, under a new grant."""
        return bearer(key_thumbprint=self.thumbprint, **values)

    def proof(
        self,
        method: str = "POST",
        url: str = TOKEN_URL,
        token: str | None = None,
        *,
        header: dict[str, Any] | None = None,
        **claims: Any,
    ) -> str:
        """Return a proof; the header and claims may say anything, and leave out what is None."""
        head = {"typ": "dpop+jwt", "alg": self.algorithm, "jwk": self.jwk, **(header or {})}
        said = {
            "jti": token_hex(16),
            "htm": method,
            "htu": url,
            "iat": int(time.time()),
            "ath": None if token is None else base64(sha256(token.encode()).digest()),
            **claims,
        }
        parts = [{name: value for name, value in one.items() if value is not None} for one in (head, said)]
        content = ".".join(base64(json.dumps(part)) for part in parts)
        return f"{content}.{base64(self._signature(content.encode()))}"

    def _signature(self, content: bytes) -> bytes:
        if self.algorithm == "ES256":
            r, s = decode_dss_signature(self._key.sign(content, ec.ECDSA(SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if self.algorithm == "EdDSA":
            return self._key.sign(content)
        scheme: Any = padding.PKCS1v15()
        if self.algorithm == "PS256":
            scheme = padding.PSS(mgf=padding.MGF1(SHA256()), salt_length=32)
        return self._key.sign(content, scheme, SHA256())

    def get(self, path: str, token: str, *, method: str = "GET", **changes: Any) -> HttpResponse:
        """Ask for a resource with a token and a proof for it."""
        proof = self.proof(method, ISSUER + path.partition("?")[0], token, **changes)
        return sent(path, token, proof, method=method)


def sent(path: str, token: str, proof: str | None, *, method: str = "GET", **headers: str) -> HttpResponse:
    """Send a token with the scheme DPoP, and with a proof where there is one."""
    every = {"authorization": f"DPoP {token}", **({} if proof is None else {"dpop": proof}), **headers}
    return Client().generic(method, path, headers=every)


class BoundClient(OAuthClient):
    """An application that sends a proof with each request for tokens; it may be given another, or none."""

    def __init__(self, registered: Registered | None = None, *, user: Any = None) -> None:
        browser = Client()
        browser.force_login(user or UserFactory())
        super().__init__(registered or register(), browser)
        self.prover = Prover()

    def token(self, *, proof: str | None = "", **parameters: Any) -> Any:
        proof = self.prover.proof(url=f"{ISSUER}{self.lead}/token") if proof == "" else proof
        headers = {} if proof is None else {"dpop": proof}
        return post(f"{self.lead}/token", self.registered.credentials | parameters, **headers)

    def access_token(self, **changes: Any) -> str:
        """Go the whole way and return the access token, which is bound to the key."""
        answered = self.tokens(**changes)
        assert answered["token_type"] == "DPoP"
        return str(answered["access_token"])
