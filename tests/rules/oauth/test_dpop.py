"""DPoP proofs (RFC 9449 §4): what they say, by which key they are signed, and which address they mean."""

from __future__ import annotations

import time

import pytest

from oauthcore.rules.jose.problems import InvalidJWT
from oauthcore.rules.oauth.dpop import Proof, parse_thumbprint, render_thumbprint
from tests.support.proofs import Prover, base64

URL = "https://testserver/oauth/token"
PROVER = Prover()


def check(text, *, method="POST", url=URL, now=None, oldest=300):
    proof = Proof.parse(text)
    ends_at = proof.check(method=method, url=url, now=now or time.time(), oldest=oldest)
    proof.require_signed()
    return proof, ends_at


@pytest.mark.rfc("9449", "4.3")
@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256", "EdDSA"])
def test_a_proof_shows_the_thumbprint_of_its_key(algorithm):
    prover = Prover(algorithm)

    proof, _ = check(prover.proof())

    assert render_thumbprint(proof.thumbprint) == prover.jkt


@pytest.mark.rfc("7638", "3.1")
def test_the_thumbprint_of_the_key_in_the_rfc_is_the_one_of_the_rfc():
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3"
        "oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA"
        "ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-"
        "kEgU8awapJzKnqDKgw"
    )
    jwk = {"kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}

    proof = Proof.parse(PROVER.proof(header={"alg": "RS256", "jwk": jwk}))

    assert render_thumbprint(proof.thumbprint) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


@pytest.mark.rfc("9449", "4.3")
@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": "DPOP+JWT"},
        {"typ": "application/dpop+jwt"},
        {"typ": None},
        {"typ": 1},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"alg": "RS256"},
        {"alg": ["ES256"]},
        {"alg": None},
        {"crit": ["exp"]},
        {"b64": False},
        {"jwk": None},
        {"jwk": "key"},
        {"jwk": []},
        {"jwk": {}},
        {"jwk": PROVER.private_jwk},
        {"jwk": {**PROVER.jwk, "k": "c2VjcmV0"}},
        {"jwk": {"kty": "oct", "k": "c2VjcmV0"}},
        {"jwk": {**PROVER.jwk, "crv": "P-384"}},
        {"jwk": {**PROVER.jwk, "x": "AAAA"}},
        {"jwk": {**PROVER.jwk, "use": "enc"}},
        {"jwk": {"kty": "RSA", "n": "AQAB" * 20, "e": "AQAB"}},
        {"jwk": Prover().jwk},
        {"jwk": None, "kid": "1"},
        {"jwk": None, "jku": "https://evil.example/keys"},
        {"kid": 7},
        {"kid": "x" * 256},
    ],
)
def test_a_header_that_is_not_that_of_a_proof_is_refused(header):
    with pytest.raises(InvalidJWT):
        check(PROVER.proof(header=header))


def test_a_proof_may_call_its_key_anything():
    assert check(PROVER.proof(header={"kid": "../../etc/passwd"}))


@pytest.mark.rfc("9449", "4.3")
@pytest.mark.parametrize(
    "claims",
    [
        {"jti": None},
        {"jti": ""},
        {"jti": 1},
        {"jti": "x" * 256},
        {"htm": None},
        {"htm": "GET"},
        {"htm": "post"},
        {"htm": ["POST"]},
        {"htu": None},
        {"htu": ""},
        {"htu": [URL]},
        {"htu": "/oauth/token"},
        {"htu": "https://testserver/oauth/revoke"},
        {"htu": "https://testserver.evil.example/oauth/token"},
        {"htu": "http://testserver/oauth/token"},
        {"htu": "https://testserver:444/oauth/token"},
        {"iat": None},
        {"iat": "1700000000"},
        {"iat": True},
        {"iat": -1},
    ],
    ids=str,
)
def test_a_claim_that_is_missing_or_means_something_else_is_refused(claims):
    with pytest.raises(InvalidJWT):
        check(PROVER.proof(**claims))


@pytest.mark.rfc("9449", "11.1")
@pytest.mark.parametrize(
    ("age", "is_good"), [(0, True), (299, True), (301, False), (-29, True), (-31, False)]
)
def test_a_proof_is_good_for_so_many_seconds_and_from_clocks_that_are_a_little_ahead(age, is_good):
    text = PROVER.proof(iat=1_000_000)

    if is_good:
        assert check(text, now=1_000_000 + age)[1] == 1_000_300
    else:
        with pytest.raises(InvalidJWT):
            check(text, now=1_000_000 + age)


@pytest.mark.parametrize(
    ("claims", "is_good"),
    [
        ({"exp": 1_000_060}, True),
        ({"exp": 999_999}, False),
        ({"exp": 1_000_000 + 10 * 365 * 86400}, False),
        ({"exp": "soon"}, False),
        ({"nbf": 1_000_000}, True),
        ({"nbf": 1_000_500}, False),
    ],
    ids=str,
)
def test_other_times_that_a_proof_names_count_as_well(claims, is_good):
    text = PROVER.proof(iat=1_000_000, **claims)

    if is_good:
        assert check(text, now=1_000_000)
    else:
        with pytest.raises(InvalidJWT):
            check(text, now=1_000_000)


@pytest.mark.parametrize(
    "text", ["", "a", "a.b.c", "..", "é.é.é", PROVER.proof() + ".", PROVER.proof()[:-4], "x" * 9000]
)
def test_what_is_no_jwt_is_refused(text):
    with pytest.raises(InvalidJWT):
        check(text)


def test_what_was_changed_after_it_was_signed_is_refused():
    head, _, signature = PROVER.proof().split(".")
    _, said, _ = PROVER.proof().split(".")

    with pytest.raises(InvalidJWT, match="signature"):
        check(f"{head}.{said}.{signature}")


@pytest.mark.rfc("9449", "4.2")
def test_a_proof_names_the_access_token_that_it_is_for():
    proof = Proof.parse(PROVER.proof(token="some-token"))

    proof.require_for_token("some-token")
    for other in ("some-tokem", ""):
        with pytest.raises(InvalidJWT, match="ath"):
            proof.require_for_token(other)
    with pytest.raises(InvalidJWT, match="ath"):
        Proof.parse(PROVER.proof()).require_for_token("some-token")


@pytest.mark.rfc("9449", "10")
@pytest.mark.parametrize(
    "text", ["", "a" * 42, "a" * 44, "a" * 42 + "=", "a" * 42 + "+", "a" * 42 + "\n", "ä" * 43]
)
def test_what_is_no_thumbprint_is_none(text):
    assert parse_thumbprint(text) is None


def test_a_thumbprint_is_read_as_it_is_written():
    assert parse_thumbprint(base64(bytes(range(32)))) == bytes(range(32))
    assert render_thumbprint(bytes(range(32))) == base64(bytes(range(32)))
