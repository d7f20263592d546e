"""Tries that are counted in several limits at once (``oauthcore/limiter``)."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from oauthcore import limiter
from oauthcore.limiter import Limit, count_tries, count_try, require_tries
from oauthcore.models import LimitWindow
from oauthcore.rules.errors.oauth import TemporarilyUnavailable, Throttled
from tests.support.deadlocks import deadlock_outside_transactions
from tests.support.limiter import HOUR, let_through
from tests.support.statements import statements
from tests.support.waiting import wait_until_somebody_waits

pytestmark = pytest.mark.django_db

ELSEWHERE = pytest.mark.skipif(connection.vendor == "postgresql", reason="it counts in one statement")
ON_POSTGRESQL = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="other databases count one after the other"
)
FIRST, MIDDLE, LAST = Limit("first", 5, HOUR), Limit("middle", 2, HOUR), Limit("last", 5, HOUR)


def of_each(who):
    return [(limit, (who,)) for limit in (FIRST, MIDDLE, LAST)]


def test_each_limit_counts_its_try_until_one_is_full_and_what_comes_after_it_counts_nothing(store, who):
    for _ in range(2):
        assert [one.wait for one in count_tries(*of_each(who))] == [None] * 3

    for _ in range(2):
        first, middle = count_tries(*of_each(who))
        assert first.wait is None
        assert HOUR - 5 <= middle.wait <= HOUR
        limiter.forget()

    assert let_through(FIRST, who, tries=9) == 1
    assert let_through(LAST, who, tries=9) == 3


def test_the_first_that_is_full_is_the_one_that_is_told_of(store, who):
    for limit in (MIDDLE, LAST):
        let_through(limit, who, tries=9)
    limiter.forget()

    with pytest.raises(Throttled, match="middle") as refusal:
        require_tries(*of_each(who))

    assert HOUR - 5 <= refusal.value.retry_after <= HOUR
    assert let_through(FIRST, who, tries=9) == 4


def test_where_a_process_knows_of_a_full_one_only_those_before_it_are_counted(store, who):
    let_through(LAST, who, tries=9)
    let_through(MIDDLE, who, tries=1)

    assert [one.wait is None for one in count_tries(*of_each(who))] == [True, True, False]
    assert [one.wait is None for one in count_tries(*of_each(who))] == [True, False]


def test_windows_that_are_over_are_begun_anew_and_the_others_go_on(clock, who):
    brief = Limit("brief", 1, 60)
    count_tries((brief, (who,)), *of_each(who))
    clock.shift(61)

    assert [one.wait for one in count_tries((brief, (who,)), *of_each(who))] == [None] * 4
    assert count_try(MIDDLE, who).wait == HOUR - 61


def test_a_kept_limit_among_others_is_counted_in_the_sql_database(store, who):
    kept = Limit("kept", 1, HOUR, is_kept=True)
    asked = [(FIRST, (who,)), (kept, (who,)), (LAST, (who,))]

    tries = count_tries(*asked)
    assert [one.wait is None for one in tries] == [True, True, True]
    assert [one.wait is None for one in count_tries(*asked)] == [True, False]
    limiter.give_back(tries)

    assert let_through(kept, who, tries=2) == 1
    assert let_through(LAST, who, tries=9) == 5


@ON_POSTGRESQL
@pytest.mark.parametrize("known", [False, True], ids=["first tries", "later tries"])
def test_they_cost_one_statement_and_giving_them_back_one(who, known):
    if known:
        count_tries(*of_each(who))

    with statements() as run:
        limiter.give_back(count_tries(*of_each(who)))

    assert len(run) == 2, run


@ON_POSTGRESQL
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_new", [True, False], ids=["a new window", "a window with room"])
def test_a_window_that_others_fill_meanwhile_refuses_and_what_comes_after_it_keeps_its_room(who, is_new):
    """The others hold their row until this try waits for it, so it was read while it had room."""
    key = MIDDLE.key(who)
    if not is_new:
        count_try(MIDDLE, who)
    filled, waits = Event(), Event()

    def fill():
        with transaction.atomic():
            LimitWindow.objects.update_or_create(key=key, defaults={"count": 2, "ends_at": ends_at})
            filled.set()
            assert waits.wait(30)
        connection.close()

    ends_at = timezone.now() + timedelta(seconds=HOUR)
    if not is_new:
        ends_at = LimitWindow.objects.get(key=key).ends_at
    others = Thread(target=fill)
    others.start()
    assert filled.wait(10)
    release = Thread(target=lambda: (wait_until_somebody_waits(), waits.set(), connection.close()))
    release.start()

    first, middle = count_tries(*of_each(who))
    others.join(30)
    release.join(30)

    assert first.wait is None
    assert HOUR - 20 <= middle.wait <= HOUR
    assert let_through(LAST, who, tries=9) == 5


@ON_POSTGRESQL
def test_where_others_are_always_faster_nothing_is_let_through(who, monkeypatch):
    monkeypatch.setattr("oauthcore.models.limit_statements.MOST_ATTEMPTS", 0)

    with pytest.raises(TemporarilyUnavailable):
        count_tries(*of_each(who))


@ELSEWHERE
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [2, 3])
def test_after_a_deadlock_a_try_is_counted_once_in_each_limit(who, turn):
    count_tries(*of_each(who))  # the rows are there

    with deadlock_outside_transactions(turn) as happened:
        assert [one.wait for one in count_tries(*of_each(who))] == [None] * 3

    assert happened()
    assert list(LimitWindow.objects.values_list("count", flat=True)) == [2, 2, 2]


@ELSEWHERE
@pytest.mark.django_db(transaction=True)
def test_after_a_deadlock_tries_are_given_back_once(who):
    tries = [one for _ in range(2) for one in count_tries(*of_each(who))]

    with deadlock_outside_transactions(2) as happened:
        limiter.give_back([*tries[:3], tries[3]])

    assert happened()
    assert sorted(LimitWindow.objects.values_list("count", flat=True)) == [0, 1, 1]
