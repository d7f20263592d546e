"""Allowances: so many different things a minute, for each name and in all."""

from __future__ import annotations

from datetime import timedelta

from oauthcore.recording.allowance import Allowance
from tests.support.clock import NOON


def test_so_many_different_things_of_one_name_are_taken_and_each_again_and_again():
    allowance = Allowance(each=2, in_all=10)

    assert [allowance.take("a", thing, NOON) for thing in (1, 2, 3, 1, 2, 3)] == [
        *(True, True, False),
        *(True, True, False),
    ]
    assert allowance.take("b", 3, NOON)


def test_all_names_share_an_allowance_and_none_is_kept_beyond_it():
    allowance = Allowance(each=2, in_all=3)
    taken = [allowance.take(str(number), number, NOON) for number in range(1000)]

    assert taken == [True] * 3 + [False] * 997
    assert len(allowance._taken) == 3


def test_each_minute_begins_anew():
    allowance = Allowance(each=1, in_all=1)
    assert [allowance.take("a", thing, NOON) for thing in (1, 2)] == [True, False]

    assert allowance.take("a", 2, NOON + timedelta(minutes=1))
    allowance.forget()
    assert allowance.take("a", 3, NOON + timedelta(minutes=1))
