"""Cleaning up in passing: a small share of writes removes some old rows, after the answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauthcore.flows.upkeep import cleanup, in_passing
from oauthcore.flows.upkeep.sorts import sorts
from oauthcore.models import Application, CleanupRun, Grant, Token, Usage
from oauthcore.models.sweeping import share
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.cleaning import clean_up
from tests.support.factories import bearer, open_grant, register
from tests.support.oauth import OAuthClient

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def turn() -> bool:
    return in_passing.turn(now=timezone.now())


def expired_tokens(count: int) -> Grant:
    grant = open_grant(created_at=timezone.now() - 3 * DAY)
    Token.objects.bulk_create(
        Token(
            kind=Token.Kind.ACCESS,
            grant=grant,
            digest=digest_of(f"{grant.pk} {number}"),
            created_at=grant.created_at,
            expires_at=grant.created_at + HOUR,
        )
        for number in range(count)
    )
    return grant


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns of one statement each, which look at few rows."""
    monkeypatch.setattr(in_passing, "SECONDS", 0.0)
    monkeypatch.setattr(in_passing, "_AMONG", 4)
    monkeypatch.setattr(in_passing, "_BATCH", 2)


def turns_until_finished(clock: Any) -> int:
    """Take turns until the clean-up is through; return how many it took."""
    for number in range(1, 200):
        assert turn()
        if CleanupRun.last_finished() == timezone.now():
            return number
        clock.shift(MINUTE)
    raise AssertionError("it does not come to an end")


def test_a_turn_removes_what_the_command_removes(clock, client):
    expired_tokens(3)
    live = bearer()

    assert turn()

    assert not Token.objects.filter(expires_at__lt=timezone.now()).exists()
    answer = client.get("/v1/me", headers={"Authorization": f"Bearer {live}"})
    assert answer.status_code == 200
    assert CleanupRun.last_finished() == timezone.now()


def test_the_steps_are_those_of_the_command_in_the_same_order():
    now = timezone.now()

    _, *steps = [step.what for step in in_passing._steps(now)]

    cleaned = sorts(now, keep=DAY)
    assert steps == [*(one.what for one in cleaned), cleanup.MERGED]
    assert list(clean_up()) == [*(what for one in cleaned for what in one.whats), cleanup.MERGED]


def test_the_command_notes_that_it_was_through(clock):
    clean_up()

    assert CleanupRun.last_finished() == timezone.now()


def test_one_process_cleans_at_a_time_and_then_cleaning_rests(clock, small):
    assert turn()
    assert not turn()

    clock.shift(MINUTE)
    taken = CleanupRun.claim(now=timezone.now())
    assert taken is not None
    assert not turn()

    clock.shift(5 * MINUTE)  # the process that took it has died
    assert turn()


def test_after_the_last_step_cleaning_rests_for_an_hour(clock):
    assert turn()
    clock.shift(59 * MINUTE)
    assert not turn()

    clock.shift(MINUTE)
    assert turn()


def test_a_clock_that_was_wrong_stops_nothing(clock):
    clock.shift(300 * DAY)
    assert turn()
    clock.shift(-300 * DAY)

    assert turn()


def test_turns_take_up_where_the_last_one_stopped(clock, small):
    grant = expired_tokens(11)
    kept = [bearer() for _ in range(3)]

    turns = turns_until_finished(clock)

    assert turns > 11 / 2
    assert Grant.objects.filter(pk=grant.pk).exists()
    assert Token.objects.count() == len(kept)


@pytest.mark.parametrize(("step", "most", "left"), [("access tokens", 10, 38), ("ended grants", 20, 30)])
def test_a_turn_looks_at_a_bounded_number_of_rows_however_many_there_are(clock, small, step, most, left):
    """It takes two tokens that have expired, or ten that are under a grant that has ended."""
    grant = expired_tokens(40)
    turn()  # the row of the clean-up is made
    CleanupRun.objects.update(step=step)
    clock.shift(MINUTE)
    if step == "ended grants":
        Grant.objects.filter(pk=grant.pk).update(
            expires_at=timezone.now() - 31 * DAY, created_at=grant.created_at - 60 * DAY
        )

    with CaptureQueriesContext(connection) as few:
        turn()

    assert len([one for one in few if "oauthcore_cleanuprun" not in one["sql"]]) <= most
    assert Token.objects.count() == left


def test_days_of_usage_are_merged_in_passing_too(clock, small):
    grants = [open_grant() for _ in range(3)]
    old = (timezone.now() - 100 * DAY).date()
    for grant in grants:
        for number in (2, 3, 4):
            Usage.objects.create(
                grant_id=grant.pk, day=old.replace(day=number), count=2, last_at=timezone.now() - 90 * DAY
            )

    turns_until_finished(clock)

    assert list(Usage.objects.values_list("count", flat=True)) == [6] * 3
    assert {one.day.day for one in Usage.objects.all()} == {1}


def test_an_approval_is_noted_before_it_is_removed(clock, small):
    registered = register().application
    Application.objects.filter(pk=registered.pk).update(is_self_registered=True, first_approved_at=None)
    open_grant(application=registered)

    turn()

    registered.refresh_from_db()
    assert registered.first_approved_at == registered.created_at


def test_a_step_that_the_database_refuses_is_left_out(clock, small, monkeypatch, caplog):
    expired_tokens(1)
    refused: list[str] = []

    def broken(sort: Any, last: str) -> tuple[dict[str, int], str | None]:
        if sort.what == "access tokens":
            refused.append(sort.what)
            raise OperationalError("canceling statement due to statement timeout")
        return {}, None

    monkeypatch.setattr(in_passing, "_remove", broken)
    turns_until_finished(clock)

    assert refused == ["access tokens"]
    assert "cleaning up failed: access tokens" in caplog.text


def test_a_step_that_no_release_knows_any_more_begins_anew(clock):
    CleanupRun.note_finished(now=timezone.now())
    CleanupRun.objects.update(step="a step of another release", last_key="17")
    expired_tokens(2)

    assert turn()
    assert not Token.objects.exists()


@pytest.mark.parametrize(("every", "is_due"), [(1, True), (0, False)])
def test_issued_tokens_make_cleaning_due_where_it_is_on(settings, every, is_due):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLEANUP_ON_WRITES": every}

    OAuthClient(register()).token(grant_type="client_credentials")

    assert share.due.is_set() is is_due


def test_one_write_in_so_many_makes_cleaning_due(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLEANUP_ON_WRITES": 7}

    due = 0
    for _ in range(70):
        share.note_write()
        due += share.due.is_set()
        share.due.clear()

    assert due == 10


def test_a_request_that_writes_nothing_makes_nothing_due(settings, client):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLEANUP_ON_WRITES": 1}
    token = bearer()
    share.due.clear()

    client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})

    assert not share.due.is_set()


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The threads that took a turn."""
    found: list[str] = []
    monkeypatch.setattr(in_passing, "turn", lambda **_: found.append(threading.current_thread().name))
    yield found
    share.due.clear()


def test_a_thread_cleans_on_a_site_and_not_in_a_test_run(turns, monkeypatch):
    share.due.set()
    in_passing.clean_after()
    assert turns == []

    monkeypatch.setattr(in_passing, "is_test_run", lambda: False)
    in_passing.clean_after()
    assert in_passing.cleaner._is_running.acquire(timeout=10)
    in_passing.cleaner._is_running.release()
    assert turns == ["oauthcore-cleanup"]
