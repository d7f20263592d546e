"""DPoP proofs made with PyJWT, a library that this site does not use for verification (RFC 9449)."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from uuid import uuid4

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

from tests.support.factories import register

KEYS: dict[str, Any] = {
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}


class Prover:
    """A client with a key, whose proofs PyJWT encodes and signs."""

    def __init__(self, algorithm: str) -> None:
        self.algorithm, self.key = algorithm, KEYS[algorithm]()
        written: Any = get_default_algorithms()[algorithm]
        public = json.loads(written.to_jwk(self.key.public_key()))
        self.jwk = {name: one for name, one in public.items() if name != "key_ops"}

    def proof(self, method: str, url: str, access_token: str = "") -> str:
        claims: dict[str, Any] = {"jti": str(uuid4()), "htm": method, "htu": url, "iat": int(time.time())}
        if access_token:
            digest = sha256(access_token.encode()).digest()
            claims["ath"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
        headers = {"typ": "dpop+jwt", "jwk": self.jwk}
        return jwt.encode(claims, self.key, algorithm=self.algorithm, headers=headers)

    def token(self, site: str, registered: Any) -> dict[str, Any]:
        url = f"{site}/oauth/token"
        answer = requests.post(
            url,
            data={"grant_type": "client_credentials"},
            auth=(registered.client_id, registered.client_secret),
            headers={"DPoP": self.proof("POST", url)},
            timeout=20,
        )
        found: dict[str, Any] = answer.json()
        return found

    def ask(self, url: str, access_token: str, proof: str) -> requests.Response:
        headers = {"Authorization": f"DPoP {access_token}", "DPoP": proof}
        return requests.get(url, headers=headers, timeout=20)


@pytest.mark.rfc("9449", "4.2")
@pytest.mark.rfc("9449", "7.1")
@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("algorithm", KEYS)
def test_its_proofs_work_for_getting_and_using_a_bound_token(algorithm: str, site: str) -> None:
    prover, url = Prover(algorithm), f"{site}/v1/me"
    issued = prover.token(site, register())
    text = issued["access_token"]

    assert issued["token_type"] == "DPoP"
    assert prover.ask(url, text, prover.proof("GET", url, text)).status_code == 200


@pytest.mark.rfc("9449", "7.1")
def test_the_token_works_neither_with_another_key_nor_twice_with_one_proof(site: str) -> None:
    prover, url = Prover("ES256"), f"{site}/v1/me"
    text = prover.token(site, register())["access_token"]
    proof = prover.proof("GET", url, text)

    assert prover.ask(url, text, Prover("ES256").proof("GET", url, text)).status_code == 401
    assert prover.ask(url, text, proof).status_code == 200
    assert prover.ask(url, text, proof).status_code == 401
    assert requests.get(url, headers={"Authorization": f"Bearer {text}"}, timeout=20).status_code == 401
