"""A ``jti`` that several processes get at once works once, in a proof, a client assertion and an ID-JAG."""

from __future__ import annotations

import pytest

from oauthcore.models import UsedIdentifier
from tests.support.enterprise import NAME, assertion, managed_application, trusted
from tests.support.factories import UserFactory
from tests.support.jose import asserted, with_keys
from tests.support.proofs import ISSUER, Prover
from tests.support.races.processes import processes

SIZE, ROUNDS = 3, 6


@pytest.fixture(scope="module")
def several(django_db_setup):
    """Processes that last for all tests here, because each takes seconds to start."""
    with processes(SIZE) as running:
        yield running


@pytest.mark.rfc("9449", "11.1")
def test_a_proof_works_in_one_process_only(several):
    prover = Prover()
    token = prover.token()
    for _ in range(ROUNDS):
        proof = prover.proof("GET", f"{ISSUER}/v1/me", token)

        answers = several.all_at_once("/v1/me", method="GET", authorization=f"DPoP {token}", dpop=proof)

        assert answers == {200: 1, 401: SIZE - 1}
    assert UsedIdentifier.objects.count() == ROUNDS


@pytest.mark.rfc("7523", "3")
def test_a_client_assertion_works_in_one_process_only(several):
    one = with_keys()
    for _ in range(ROUNDS):
        answers = several.all_at_once(
            "/oauth/token", {"grant_type": "client_credentials", **asserted(one.client_id)}
        )

        assert answers == {200: 1, 401: SIZE - 1}


@pytest.mark.rfc("draft-ietf-oauth-identity-assertion-authz-grant", "4.4")
def test_an_assertion_of_an_identity_provider_works_in_one_process_only(several):
    trusted(UserFactory())
    agent = managed_application().registered
    for _ in range(ROUNDS):
        word = assertion(agent.client_id, resource=ISSUER, scope="read", aud=ISSUER)

        answers = several.all_at_once(
            "/oauth/token", {"grant_type": NAME, "assertion": word, **agent.credentials}
        )

        assert answers == {200: 1, 400: SIZE - 1}
