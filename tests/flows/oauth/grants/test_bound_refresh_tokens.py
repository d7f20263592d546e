"""Refresh tokens and codes that are bound to a key: without the key nothing ends (RFC 9449 §5, §10)."""

from __future__ import annotations

import pytest

from oauthcore.models import AuthorizationCode, Grant, Token
from tests.support.factories import register_public
from tests.support.proofs import BoundClient, Prover

pytestmark = pytest.mark.django_db


def assert_refused(response, error="invalid_dpop_proof"):
    assert (response.status_code, response.json()["error"]) == (400, error), response.content


def thumbprints():
    return {one.kind: one.key_thumbprint for one in Token.objects.all()}


@pytest.mark.rfc("9449", "5")
def test_the_refresh_token_of_a_public_application_is_bound_and_that_of_a_confidential_one_is_not():
    public, confidential = BoundClient(register_public()), BoundClient()

    public.tokens()
    assert thumbprints() == {"access": public.prover.thumbprint, "refresh": public.prover.thumbprint}
    Grant.objects.all().delete()
    confidential.tokens()
    assert thumbprints() == {"access": confidential.prover.thumbprint, "refresh": None}


@pytest.mark.rfc("9449", "5")
def test_a_bound_refresh_token_is_refused_without_its_key_and_stays_good():
    oauth = BoundClient(register_public())
    token = oauth.tokens()["refresh_token"]

    for _ in range(3):
        assert_refused(oauth.refresh(token, proof=Prover().proof()), "invalid_grant")
        assert_refused(oauth.refresh(token, proof=None), "invalid_grant")

    answered = oauth.refresh(token).json()
    assert answered["token_type"] == "DPoP"
    assert oauth.refresh(answered["refresh_token"]).status_code == 200


def test_a_spent_refresh_token_that_comes_back_without_its_key_ends_nothing_and_with_it_ends_the_grant():
    oauth = BoundClient(register_public())
    first = oauth.tokens()["refresh_token"]
    second = oauth.refresh(first).json()

    assert_refused(oauth.refresh(first, proof=Prover().proof()), "invalid_grant")
    assert oauth.prover.get("/v1/me", second["access_token"]).status_code == 200
    assert_refused(oauth.refresh(first), "invalid_grant")
    assert oauth.prover.get("/v1/me", second["access_token"]).status_code == 401


def test_a_refresh_that_is_sent_again_whole_ends_nothing():
    oauth = BoundClient(register_public())
    token, proof = oauth.tokens()["refresh_token"], oauth.prover.proof()

    answered = oauth.refresh(token, proof=proof).json()
    assert_refused(oauth.refresh(token, proof=proof))
    assert oauth.refresh(answered["refresh_token"]).status_code == 200


@pytest.mark.rfc("9449", "5")
def test_a_confidential_application_may_change_its_key_at_a_refresh():
    oauth = BoundClient()
    tokens, oauth.prover = oauth.tokens(), Prover("EdDSA")

    answered = oauth.refresh(tokens["refresh_token"]).json()

    assert oauth.prover.get("/v1/me", answered["access_token"]).status_code == 200
    assert oauth.refresh(answered["refresh_token"], proof=None).json()["token_type"] == "Bearer"


def test_inside_the_grace_a_lost_answer_is_repeated_with_the_same_key(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": 60}
    oauth = BoundClient(register_public())
    token = oauth.tokens()["refresh_token"]

    first, again = oauth.refresh(token).json(), oauth.refresh(token).json()

    assert first["refresh_token"] == again["refresh_token"]
    assert oauth.prover.get("/v1/me", again["access_token"]).status_code == 200


@pytest.mark.rfc("9449", "10")
def test_a_code_that_was_asked_for_with_a_thumbprint_is_redeemed_with_that_key_only():
    oauth = BoundClient()
    code = oauth.code(dpop_jkt=oauth.prover.jkt)
    assert AuthorizationCode.objects.get().key_thumbprint == oauth.prover.thumbprint

    assert_refused(oauth.redeem(code, proof=None), "invalid_grant")
    assert_refused(oauth.redeem(code, proof=Prover().proof()), "invalid_grant")
    assert oauth.redeem(code).json()["token_type"] == "DPoP"


def test_so_many_wrong_keys_burn_a_code():
    oauth = BoundClient()
    code = oauth.code(dpop_jkt=oauth.prover.jkt)

    for _ in range(5):
        assert_refused(oauth.redeem(code, proof=Prover().proof()), "invalid_grant")

    assert_refused(oauth.redeem(code), "invalid_grant")
