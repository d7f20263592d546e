"""A proof that comes many times at the same instant is used once, in SQL and in Valkey."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.factories import register
from tests.support.proofs import ISSUER, BoundClient, Prover, sent

STORES = ["sql", pytest.param("redis", marks=pytest.mark.redis)]


@pytest.fixture(params=STORES, autouse=True)
def store(request, settings):
    url = request.getfixturevalue("redis_url") if request.param == "redis" else None
    settings.OAUTHCORE = settings.OAUTHCORE | {"LIMITER_URL": url}


def test_one_request_with_a_proof_gets_in(crowd):
    prover = Prover()
    token = prover.token()
    for _ in range(5):
        proof = prover.proof("GET", f"{ISSUER}/v1/me", token)

        statuses = Counter(crowd.all_at_once(lambda proof=proof: sent("/v1/me", token, proof).status_code))

        assert statuses == {200: 1, 401: crowd.size - 1}


def test_one_request_for_tokens_with_a_proof_gets_some(crowd):
    oauth = BoundClient(register())
    for _ in range(5):
        proof = oauth.prover.proof()

        answers = crowd.all_at_once(
            lambda proof=proof: oauth.token(grant_type="client_credentials", proof=proof).status_code
        )

        assert Counter(answers) == {200: 1, 400: crowd.size - 1}
