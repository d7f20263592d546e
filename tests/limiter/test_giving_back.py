"""Tries that are given back, and limits that are lifted (``oauthcore/limiter``)."""

from __future__ import annotations

import time

import pytest

from oauthcore import limiter
from oauthcore.limiter import Limit, count_try
from oauthcore.models import LimitWindow
from tests.support.limiter import HOUR, let_through

pytestmark = pytest.mark.django_db


def test_a_try_that_is_given_back_makes_room_for_another(store, who):
    limit = Limit("guess", 2, HOUR)
    first = count_try(limit, who)
    assert let_through(limit, who, tries=3) == 1

    first.give_back()

    assert let_through(limit, who, tries=3) == 1


def test_a_try_beyond_the_limit_leaves_nothing_in_the_count(store, who):
    limit = Limit("guess", 2, HOUR)
    first = count_try(limit, who)
    beyond = [count_try(limit, who) for _ in range(9)][1:]
    for one in (first, *beyond):
        one.give_back()

    assert let_through(limit, who, tries=5) == 1


def test_a_try_is_given_back_to_its_own_window_only(store, who):
    brief = Limit("guess", 2, 3)
    late = count_try(brief, who)
    time.sleep(3.1)
    assert let_through(brief, who, tries=2) == 2

    late.give_back()

    assert let_through(brief, who, tries=2) == 0


def test_giving_all_back_begins_no_new_window(clock, who):
    limit = Limit("guess", 1, 60)
    first = count_try(limit, who)
    clock.shift(40)
    first.give_back()
    count_try(limit, who)

    assert count_try(limit, who).wait == 20


@pytest.mark.redis
def test_giving_all_back_begins_no_new_window_in_redis_either(settings, redis_url, who):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LIMITER_URL": redis_url}
    limit = Limit("guess", 1, 5)
    first = count_try(limit, who)
    time.sleep(1.2)
    first.give_back()
    count_try(limit, who)

    assert count_try(limit, who).wait < 5


def test_an_answer_that_is_older_than_the_room_is_not_believed_for_long(who, monkeypatch):
    limit = Limit("guess", 1, HOUR)
    first, ask = count_try(limit, who), LimitWindow.count_tries

    def answer_late(*asked, **values):
        answer = ask(*asked, **values)
        first.give_back()
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(LimitWindow, "count_tries", answer_late)
        assert count_try(limit, who).wait is not None

    assert let_through(limit, who, tries=2) == 1


@pytest.mark.parametrize("make_room", ["give_back", "lift"])
def test_a_try_that_comes_just_before_the_room_does_not_take_it_away(make_room, who, monkeypatch):
    limit = Limit("guess", 1, HOUR)
    first, make = count_try(limit, who), getattr(LimitWindow, make_room)

    def make_late(*asked, **values):
        assert count_try(limit, who).wait is not None
        return make(*asked, **values)

    with monkeypatch.context() as patch:
        patch.setattr(LimitWindow, make_room, make_late)
        first.give_back() if make_room == "give_back" else limiter.lift({limit.key(who): limit})

    assert let_through(limit, who, tries=2) == 1


def test_a_full_window_that_got_room_is_known_to_another_process_soon(store, who, monkeypatch):
    limit = Limit("guess", 1, HOUR)
    first = count_try(limit, who)
    assert count_try(limit, who).wait
    monkeypatch.setattr(limiter, "REMEMBERED_FOR", 0)
    limiter._store_of(is_kept=False).give_back([(first.key, first.window)])  # as another process does

    assert count_try(limit, who).wait is None


def test_a_limit_that_is_lifted_counts_anew(store, who):
    limit = Limit("guess", 2, HOUR)
    kept = Limit("a guess", 2, HOUR, is_kept=True)
    waiting = count_try(limit, who)
    for one in (limit, kept):
        let_through(one, who, tries=5)

    keys = {limit.key(who): limit, kept.key(who): kept, limit.key(who, "somebody else"): limit}
    assert limiter.lift(keys) == 2
    waiting.give_back()

    assert [let_through(one, who, tries=5) for one in (limit, kept)] == [2, 2]


def test_tries_that_were_counted_twice_in_one_window_are_given_back_twice(store, who):
    limit, other = Limit("guess", 3, HOUR), Limit("another guess", 1, HOUR)
    tries = [count_try(limit, who) for _ in range(3)] + [count_try(other, who)]

    limiter.give_back(tries[1:])

    assert let_through(limit, who, tries=5) == 2
    assert let_through(other, who, tries=5) == 1
