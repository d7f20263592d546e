"""What is sealed opens for one secret, and for nothing else."""

from __future__ import annotations

import pytest

from oauthcore.rules.tokens.sealing import seal, unseal
from oauthcore.rules.tokens.secrets import SecretFormat, SecretKind
from tests.support.secrets import random_of

FORM = SecretFormat("site", "live")
SPENT = FORM.make(SecretKind.REFRESH)
SUCCESSOR = FORM.next_turn(SPENT)


def test_the_secret_that_it_was_sealed_for_opens_it():
    assert unseal(seal(SUCCESSOR.second_half, opened_by=SPENT), opened_by=SPENT) == SUCCESSOR.second_half


def test_no_other_secret_does_though_it_has_the_same_first_half():
    sealed = seal(SUCCESSOR.second_half, opened_by=SPENT)

    for other in (SUCCESSOR, FORM.next_turn(SPENT), FORM.make(SecretKind.REFRESH)):
        assert unseal(sealed, opened_by=other) is None


@pytest.mark.parametrize("place", [0, 12, -1])
def test_what_was_changed_does_not_open(place):
    sealed = bytearray(seal(SUCCESSOR.second_half, opened_by=SPENT))
    sealed[place] ^= 1

    assert unseal(bytes(sealed), opened_by=SPENT) is None


def test_two_seals_of_one_text_differ():
    text = SUCCESSOR.second_half

    assert seal(text, opened_by=SPENT) != seal(text, opened_by=SPENT)
    assert random_of(SUCCESSOR)[-20:] not in repr(unseal(seal(text, opened_by=SPENT), opened_by=SPENT))


def test_a_successor_is_built_again_from_its_half():
    again = FORM.next_turn(SPENT, SUCCESSOR.second_half)

    assert (again.text, again.digest, again.turn) == (SUCCESSOR.text, SPENT.digest, SUCCESSOR.turn)
