"""Nonces in proofs, where the site wants them: signed, good for a while, told of in time (RFC 9449 §8)."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.proofs import ISSUER, BoundClient, Prover
from tests.support.statements import statements

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("a nonce is signed, and no row knows of it"),
]


@pytest.fixture(autouse=True)
def with_nonces(settings, clock):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP_NONCE_LIFETIME": 100}


@pytest.fixture
def prover():
    return Prover()


@pytest.mark.rfc("9449", "8")
def test_the_token_endpoint_asks_for_a_nonce_and_gives_one():
    oauth = BoundClient()
    code = oauth.code()

    for changes in ({}, {"nonce": "made-up"}, {"nonce": "x" * 300}):
        refused = oauth.redeem(code, proof=oauth.prover.proof(**changes))
        assert refused.status_code == 400

    refused = oauth.redeem(code, proof=oauth.prover.proof())
    assert refused.json()["error"] == "use_dpop_nonce"
    assert "DPoP-Nonce" in refused["Access-Control-Expose-Headers"]
    answered = oauth.redeem(code, proof=oauth.prover.proof(nonce=refused["DPoP-Nonce"]))
    assert answered.json()["token_type"] == "DPoP"
    assert "DPoP-Nonce" not in answered


@pytest.mark.rfc("9449", "9")
@pytest.mark.parametrize("nonce", [None, "", 1, "made-up", ":1vxyz:abc"])
def test_a_resource_asks_for_a_nonce_and_gives_one(prover, nonce):
    token = prover.token()

    refused = prover.get("/v1/me", token, nonce=nonce)

    assert (refused.status_code, refused.json()["error"]) == (401, "use_dpop_nonce")
    assert refused["WWW-Authenticate"].startswith(f'DPoP realm="{ISSUER}", error="use_dpop_nonce"')
    assert prover.get("/v1/me", token, nonce=refused["DPoP-Nonce"]).status_code == 200


@pytest.mark.rfc("9449", "8.2")
def test_the_next_nonce_comes_with_an_answer_before_the_old_one_ends(prover, clock):
    token = prover.token()
    nonce = prover.get("/v1/me", token)["DPoP-Nonce"]

    assert "DPoP-Nonce" not in prover.get("/v1/me", token, nonce=nonce)
    clock.shift(60)
    told = prover.get("/v1/me", token, nonce=nonce)
    assert told.status_code == 200
    clock.shift(60)
    assert prover.get("/v1/me", token, nonce=nonce).json()["error"] == "use_dpop_nonce"
    assert prover.get("/v1/me", token, nonce=told["DPoP-Nonce"]).status_code == 200


@pytest.mark.rfc("9449", "8")
def test_a_proof_that_was_refused_for_its_nonce_is_not_remembered(prover):
    token = prover.token()

    with statements() as run:
        nonce = prover.get("/v1/me", token, jti="1")["DPoP-Nonce"]
    assert [sql.split()[0] for sql in run] == ["SELECT"]
    assert prover.get("/v1/me", token, jti="1", nonce=nonce).status_code == 200


@pytest.mark.rfc("9449", "11.1")
def test_a_nonce_makes_no_proof_good_twice(prover):
    token = prover.token()
    nonce = prover.get("/v1/me", token)["DPoP-Nonce"]

    assert prover.get("/v1/me", token, jti="1", nonce=nonce).status_code == 200
    assert prover.get("/v1/me", token, jti="1", nonce=nonce).json()["error"] == "invalid_dpop_proof"


def test_bearer_tokens_are_told_of_no_nonce():
    assert "DPoP-Nonce" not in Client().get("/v1/me")
