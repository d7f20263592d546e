"""What a proof of a key costs: one statement more, none in Valkey, and none to a stranger."""

from __future__ import annotations

import pytest

from oauthcore.models import UsedIdentifier
from tests.support.oauth import with_person
from tests.support.proofs import ISSUER, BoundClient, Prover, sent
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def prover():
    return Prover()


@pytest.fixture
def token(prover):
    return prover.token()


def test_at_a_resource_a_proof_costs_one_statement_more(prover, token):
    with statements() as run:
        assert prover.get("/v1/me", token).status_code == 200

    assert [sql.split()[0] for sql in run] == ["SELECT", "INSERT"]


def test_in_valkey_a_proof_costs_no_statement(prover, token, settings, redis_url):
    settings.OAUTHCORE = settings.OAUTHCORE | {"LIMITER_URL": redis_url}
    proof = prover.proof("GET", f"{ISSUER}/v1/me", token)

    with statements() as run:
        assert sent("/v1/me", token, proof).status_code == 200
        assert sent("/v1/me", token, proof).json()["error"] == "invalid_dpop_proof"

    assert [sql.split()[0] for sql in run] == ["SELECT", "SELECT"]


def test_a_stranger_without_the_key_causes_no_row(prover, token):
    with statements() as run:
        assert Prover().get("/v1/me", token).status_code == 401
        assert prover.get("/v1/me", token, ath="A" * 43).status_code == 401
        assert prover.get("/v1/me", "ref_api_access_" + "x" * 49).status_code == 401

    assert [sql.split()[0] for sql in run] == ["SELECT", "SELECT"]
    assert not UsedIdentifier.objects.exists()


def test_at_the_token_endpoint_a_proof_costs_one_statement_more():
    oauth, plain = BoundClient(), with_person()
    code, other = oauth.code(), plain.code()

    with statements() as bound:
        tokens = oauth.redeem(code).json()
    with statements() as unbound:
        plain.redeem(other)
    with statements() as refreshed:
        oauth.refresh(tokens["refresh_token"])

    assert len(bound) == len(unbound) + 1
    assert sum("usedidentifier" in sql for sql in refreshed) == 1
