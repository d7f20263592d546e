"""``oauthcore_cleanup`` beside the running site and beside itself on a small scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Barrier, Event

import pytest
from django.db import connection, transaction
from django.db.models.signals import pre_delete
from django.utils import timezone

from oauthcore.flows.upkeep import removing
from oauthcore.flows.upkeep.cleanup import clean_up
from oauthcore.flows.upkeep.usage_months import merge_months
from oauthcore.limiter import Limit, count_try
from oauthcore.models import Grant, LimitWindow, Token, Usage
from oauthcore.recording import usage
from oauthcore.recording.batches import Tally
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.factories import open_grant
from tests.support.waiting import wait_until_somebody_waits

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

NOT_ON_MARIADB = pytest.mark.not_on_mariadb("with few rows it reads, and waits for, those that stay")

KEEP = timedelta(days=30)
BEFORE_THAT = timedelta(days=60)


def removed(batch_size: int = 10) -> dict[str, int]:
    done = clean_up(now=timezone.now(), keep=KEEP, batch_size=batch_size)
    return {one.what: one.count for one in done}


def expired_tokens(count: int, *, opened: datetime | None = None) -> None:
    grant = open_grant(created_at=opened or timezone.now() - BEFORE_THAT)
    Token.objects.bulk_create(
        Token(
            kind=Token.Kind.ACCESS,
            grant=grant,
            digest=digest_of(f"{grant.pk} {number}"),
            created_at=grant.created_at,
            expires_at=grant.created_at + timedelta(hours=1),
        )
        for number in range(count)
    )


def ended_grants(count: int) -> None:
    for _ in range(count):
        expired_tokens(2)
    Token.objects.update(expires_at=None)
    Grant.objects.update(revoked_at=timezone.now() - KEEP - timedelta(days=1))


@contextmanager
def first_token_held(*, until_waited_for: bool = False, wants_grant: bool = False) -> Iterator[None]:
    """Somebody else has locked the row of the first token, for as long as this lasts or the clean-up waits.

    Who ``wants_grant`` locks its grant as soon as the clean-up waits for the token, as a refresh may.
    """
    held, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            token = Token.objects.select_for_update().order_by("pk").first()
            held.set()
            if until_waited_for or wants_grant:
                wait_until_somebody_waits()
            if wants_grant:
                Grant.objects.select_for_update().get(pk=token.grant_id)
            elif not until_waited_for:
                assert done.wait(timeout=30)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        holder = pool.submit(hold)
        assert held.wait(timeout=30)
        try:
            yield
        finally:
            done.set()
        holder.result(timeout=30)


def in_threads(count: int, act: Callable[[int], object]) -> list[object]:
    """Run the act with each number, all at the same time, each on a connection of its own."""
    start = Barrier(count)

    def run(number: int) -> object:
        start.wait(timeout=30)
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, n) for n in range(count)]]


def test_copies_at_once_remove_each_row_once():
    """MariaDB locks rows beside those that go, and gives one of two copies up that wait for each other."""
    for _ in range(4):
        expired_tokens(300)

        counts = in_threads(3, lambda _: removed()["access tokens"])

        assert sum(counts) + removed()["access tokens"] == 300
        assert not Token.objects.exists()


def test_four_copies_at_once_remove_grants_with_all_that_is_under_them():
    for _ in range(20):
        expired_tokens(3)
    Grant.objects.update(revoked_at=timezone.now() - KEEP - timedelta(days=1))

    in_threads(4, lambda _: removed(batch_size=3))
    removed()

    assert not Grant.objects.exists()
    assert not Token.objects.exists()


def test_a_row_that_somebody_holds_is_passed_over_and_taken_the_next_time():
    expired_tokens(5)
    with first_token_held():
        assert removed(batch_size=2)["access tokens"] == 4

    assert removed()["access tokens"] == 1


@NOT_ON_MARIADB
def test_an_ended_grant_whose_token_somebody_holds_is_passed_over_and_taken_the_next_time():
    """A refresh locks its token first and its grant last, so nobody may wait long the other way round."""
    ended_grants(4)
    with first_token_held():
        counts = removed(batch_size=3)
        assert (counts["tokens of ended grants"], counts["ended grants"]) == (7, 3)

    counts = removed(batch_size=3)
    assert (counts["tokens of ended grants"], counts["ended grants"]) == (1, 1)


@NOT_ON_MARIADB
def test_what_somebody_holds_for_a_moment_is_waited_for(monkeypatch):
    """A transaction of another clean-up is over soon, and does not come back to what it has left."""
    monkeypatch.setattr(removing, "LONGEST", 20)
    ended_grants(4)
    with first_token_held(until_waited_for=True):
        counts = removed()

    assert (counts["tokens of ended grants"], counts["ended grants"]) == (8, 4)


@NOT_ON_MARIADB
def test_who_holds_a_token_and_wants_its_grant_gets_it_and_no_deadlock_ends_either(caplog):
    ended_grants(4)
    caplog.set_level("INFO", logger="oauthcore")
    with first_token_held(wants_grant=True):
        counts = removed()

    assert "Deadlock" not in caplog.text
    assert [one for one in caplog.messages if one.startswith("run ")] == []
    assert counts["ended grants"] in (3, 4)
    assert removed()["ended grants"] == 4 - counts["ended grants"]
    assert not Token.objects.exists()


@NOT_ON_MARIADB
def test_a_receiver_of_a_site_is_called_once_for_each_grant_though_a_token_is_held():
    ended_grants(4)
    seen = []

    def see(instance, **_):
        seen.append(instance.pk)

    pre_delete.connect(see, sender=Grant)
    try:
        with first_token_held():
            counts = removed()
    finally:
        pre_delete.disconnect(see, sender=Grant)

    assert counts["ended grants"] == len(seen) == 3


def test_limits_are_counted_on_while_their_windows_are_cleaned_up():
    LimitWindow.objects.all().delete()
    limit = Limit("a try", 1000, 60)

    def act(number: int) -> object:
        for _ in range(20):
            if number % 2:
                count_try(limit, "one key")
            else:
                LimitWindow.objects.update(ends_at=timezone.now() - BEFORE_THAT)
                removed()
        return None

    in_threads(4, act)

    assert count_try(limit, "one key").wait is None


def test_copies_that_merge_usage_at_once_count_nothing_twice_beside_counts_that_come_late():
    now = timezone.now()
    first = (now - timedelta(days=100)).replace(day=1)
    grants = [open_grant(created_at=now - timedelta(days=200)) for _ in range(12)]
    for grant in grants:
        for day in range(20):
            at = first + timedelta(days=day)
            Usage.objects.create(grant=grant, day=at.date(), count=5, last_at=at)

    def act(number: int) -> int:
        if number == 0:
            late = {(grant.pk, first.date()): Tally(1, first) for grant in grants}
            usage._write(late)
            return 0
        return merge_months(now=now, batch_size=62)

    merged = in_threads(5, act)

    assert sum(merged) == 12 * 19
    assert set(Usage.objects.values_list("day", "count")) == {(first.date(), 20 * 5 + 1)}


def test_merging_passes_over_a_grant_that_is_being_changed():
    now = timezone.now()
    busy, free = open_grant(), open_grant()
    for grant in (busy, free):
        for days in (95, 96):
            at = (now - timedelta(days=100)).replace(day=28) - timedelta(days=days - 95)
            Usage.objects.create(grant=grant, day=at.date(), count=1, last_at=at)

    with transaction.atomic():
        Grant.objects.select_for_update().get(pk=busy.pk)
        [merged] = in_threads(1, lambda _: merge_months(now=now, batch_size=500))

    assert merged == 1
    assert (busy.usage.count(), free.usage.count()) == (2, 1)
