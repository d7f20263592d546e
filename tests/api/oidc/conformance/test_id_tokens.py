"""Modules about the signature of id tokens and about the claims in them."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from django.test import Client
from django.utils import timezone

from tests.support.relying_party import (
    ISSUER,
    RelyingParty,
    header_of,
    log_in,
    relying_party,
    somebody,
    tampered,
    unsigned,
    verified_id_token,
)

pytestmark = pytest.mark.sqlite_only("it is about what an id token says; no database decides that")


@pytest.mark.openid("core", "3.1.3.7")
@pytest.mark.openid("core", "15.1")
def test_oidcc_idtoken_signature(party: RelyingParty) -> None:
    """Without a wish it is RS256 (OpenID Connect Registration §2)."""
    signed_in = party.sign_in()

    assert header_of(signed_in.id_token)["alg"] == "RS256"
    assert header_of(signed_in.id_token)["kid"]
    assert signed_in.claims


@pytest.mark.openid("core", "10.1")
@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_oidcc_idtoken_rs256(algorithm: str) -> None:
    party = relying_party(id_token_signed_response_alg=algorithm)
    signed_in = party.sign_in()

    client_id = party.registered.client_id
    assert verified_id_token(signed_in.id_token, client_id=client_id, algorithm=algorithm)


@pytest.mark.openid("core", "2")
def test_oidcc_idtoken_claims(clock: Any) -> None:
    party = relying_party()
    party.browser.logout()
    log_in(party.browser, user=somebody(username="grace"))
    logged_in_at = int(timezone.now().timestamp())
    clock.shift(90)
    signed_in = party.sign_in()
    claims = signed_in.claims

    assert claims["iss"] == ISSUER
    assert claims["aud"] in (party.registered.client_id, [party.registered.client_id])
    assert claims["azp"] == party.registered.client_id
    assert claims["iat"] == logged_in_at + 90
    assert claims["exp"] == claims["iat"] + 600
    assert claims["auth_time"] == logged_in_at
    assert claims["amr"] == ["pwd"]
    digest = hashlib.sha256(signed_in.access_token.encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert all(value is not None for value in claims.values())


@pytest.mark.openid("core", "2")
@pytest.mark.openid("core", "10.1")
def test_oidcc_idtoken_header_names_the_key_and_brings_none(party: RelyingParty) -> None:
    header = header_of(party.sign_in().id_token)

    assert {"alg", "kid"} <= set(header) <= {"alg", "kid", "typ"}


@pytest.mark.openid("core", "5.4")
def test_oidcc_idtoken_has_no_claims_that_userinfo_is_for(party: RelyingParty) -> None:
    claims = party.sign_in(scope="openid profile email").claims

    allowed = {
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "amr",
        "acr",
        "azp",
        "at_hash",
        "sid",
        "jti",
    }
    assert set(claims) <= allowed


@pytest.mark.openid("core", "3.1.3.7")
def test_oidcc_idtoken_modified_by_somebody_is_known_as_such(party: RelyingParty) -> None:
    signed_in = party.sign_in()
    client_id = party.registered.client_id

    with pytest.raises(InvalidSignature):
        verified_id_token(tampered(signed_in.id_token, sub="somebody else"), client_id=client_id)
    with pytest.raises(KeyError):  # it names no key
        verified_id_token(unsigned(signed_in.id_token), client_id=client_id)


@pytest.mark.openid("core", "3.1.3.7")
def test_oidcc_key_set_serves_each_algorithm_with_a_key_of_its_own(party: RelyingParty) -> None:
    other = relying_party(id_token_signed_response_alg="ES256")
    kids = {header_of(one.sign_in().id_token)["kid"] for one in (party, other)}

    assert len(kids) == 2
    assert kids <= {one["kid"] for one in Client().get("/oauth/jwks").json()["keys"]}
