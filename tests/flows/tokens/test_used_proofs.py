"""A DPoP proof stays used up, whatever becomes of the request that it came with (RFC 9449 §11.1)."""

from __future__ import annotations

import pytest
from django.core.asgi import get_asgi_application
from django.test import Client

from oauthcore.flows.tokens.proofs import KeyProof
from oauthcore.models import UsedIdentifier
from oauthcore.models.database import unavailable
from tests.support.proofs import ISSUER, Prover, sent
from tests.support.service_tokens.exchange import Exchange

# Every transaction is a real one: nothing is rolled back but by the code under test.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.support.sites.resources")]

EVERY_TRANSACTION = pytest.mark.parametrize("is_atomic", [False, True], ids=["", "ATOMIC_REQUESTS"])


def shown(path: str) -> tuple[str, str]:
    """Return a bound token and a proof for a path."""
    prover = Prover()
    token = prover.token()
    return token, prover.proof("GET", ISSUER + path, token)


@pytest.mark.rfc("9449", "11.1")
@EVERY_TRANSACTION
@pytest.mark.parametrize(
    ("path", "status"), [("/drf", 200), ("/drf/images", 403), ("/plain/breaks", 500)], ids=str
)
def test_a_proof_is_used_once_also_where_the_view_fails(path, status, is_atomic, atomic_requests):
    atomic_requests(is_atomic)
    token, proof = shown(path)
    headers = {"authorization": f"DPoP {token}", "dpop": proof}
    browser = Client(raise_request_exception=False)

    assert browser.get(path, headers=headers).status_code == status

    assert UsedIdentifier.objects.count() == 1
    again = browser.get(path, headers=headers)
    assert (again.status_code, again.json()["error"]) == (401, "invalid_dpop_proof")


@pytest.mark.rfc("9449", "11.1")
def test_so_it_is_under_asgi(atomic_requests):
    atomic_requests(True)
    token, proof = shown("/drf/images")
    application = get_asgi_application()

    def ask() -> Exchange:
        exchange = Exchange(
            token,
            method="GET",
            path="/drf/images",
            pieces=[b""],
            authorization=f"DPoP {token}",
            dpop=proof,
        )
        return exchange.through(application)

    assert ask().status == 403
    assert (ask().status, UsedIdentifier.objects.count()) == (401, 1)


def test_a_refusal_stays_what_it_is_where_the_store_does_not_answer_any_more(atomic_requests, monkeypatch):
    atomic_requests(True)
    token, proof = shown("/drf/images")

    def away(_: KeyProof) -> None:
        raise unavailable()

    monkeypatch.setattr(KeyProof, "use_again", away)

    assert sent("/drf/images", token, proof).status_code == 403
