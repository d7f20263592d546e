"""``dpop_jkt``: a code that only the holder of a key can redeem (RFC 9449 §10)."""

from __future__ import annotations

import pytest

from oauthcore.models import AuthorizationCode
from tests.support.factories import register
from tests.support.oauth import answer, with_person
from tests.support.proofs import Prover

pytestmark = pytest.mark.django_db


@pytest.mark.rfc("9449", "10")
@pytest.mark.parametrize("is_trusted", [False, True], ids=["asked", "without a page"])
def test_a_code_is_bound_to_the_key_whose_thumbprint_was_sent(is_trusted):
    oauth, prover = with_person(register(is_trusted=is_trusted)), Prover()

    oauth.code(dpop_jkt=prover.jkt)

    assert AuthorizationCode.objects.get().key_thumbprint == prover.thumbprint


@pytest.mark.rfc("9449", "10")
@pytest.mark.parametrize("text", ["x", "a" * 44, "a" * 43 + "=", "ä" * 43])
def test_what_is_no_thumbprint_is_an_invalid_request(text):
    told = answer(with_person().authorize(dpop_jkt=text))

    assert told["error"] == "invalid_request"
    assert "dpop_jkt" in told["error_description"]


def test_a_page_that_was_shown_for_one_key_is_not_an_answer_for_another():
    oauth, prover = with_person(), Prover()
    transaction = oauth.authorize(dpop_jkt=prover.jkt).context["transaction"]

    for other in (Prover().jkt, None):
        assert oauth.decide(transaction=transaction, dpop_jkt=other).status_code == 400
    assert oauth.decide(transaction=transaction, dpop_jkt=prover.jkt).status_code == 302


def test_a_thumbprint_that_comes_twice_is_refused():
    oauth = with_person()

    told = answer(oauth.authorize(dpop_jkt=[Prover().jkt, Prover().jkt]))

    assert told["error"] == "invalid_request"
