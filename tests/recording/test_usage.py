"""Usage: every use is counted, in rows that are written in batches and add up."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oauthcore.models import Grant, Usage
from oauthcore.recording import usage
from tests.support.factories import bearer, open_grant
from tests.support.oauth import is_live
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

NOW = datetime(2030, 6, 15, 12, 0, tzinfo=UTC)


def counts() -> list[tuple[int, Any, int]]:
    return sorted(Usage.objects.values_list("grant_id", "day", "count"))


def use(token: str, *, address: str = "127.0.0.1") -> None:
    assert (
        Client().get("/v1/me", headers={"authorization": f"Bearer {token}"}, REMOTE_ADDR=address).status_code
        == 200
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 86399)), max_size=6),
        max_size=4,
    )
)
def test_batches_add_up_to_what_happened(db, batches):
    grants = [open_grant() for _ in range(3)]
    Usage.objects.all().delete()
    noted = []

    for batch in batches:
        for one, day, second in batch:
            at = NOW.replace(hour=0) + timedelta(days=day, seconds=second)
            usage.note(grants[one].pk, at=at, address=ip_address(f"192.0.2.{second % 250}"))
            noted.append((grants[one].pk, at.date(), at))
        usage.batch.flush()

    expected = Counter((grant_id, day) for grant_id, day, _ in noted)
    assert counts() == sorted((*key, count) for key, count in expected.items())
    last = {(grant_id, day): at for grant_id, day, at in noted}
    assert {(one.grant_id, one.day): one.last_at for one in Usage.objects.all()} == last


def test_a_row_tells_how_often_and_when_and_from_where_last(clock):
    token = bearer()

    use(token, address="192.0.2.1")
    clock.shift(30)
    use(token, address="2001:db8::7")
    usage.batch.flush()

    row = Usage.objects.get()
    assert (row.grant, row.day, row.count) == (Grant.objects.get(), NOW.date(), 2)
    assert (row.last_at, row.last_address) == (NOW + timedelta(seconds=30), "2001:db8::7")
    assert str(row) == f"use of grant {row.grant_id} on 2030-06-15"


def test_each_day_has_a_row_of_its_own(clock):
    token = bearer(expires_at=None)
    use(token)
    clock.move_to(NOW.replace(hour=23, minute=59, second=59))
    Grant.objects.get().tokens.update(expires_at=None)
    use(token)
    clock.shift(1)
    use(token)
    usage.batch.flush()

    assert [count for _, _, count in counts()] == [2, 1]


def test_what_is_refused_is_not_counted(clock):
    token = bearer()
    clock.shift(3601)

    assert not is_live(token)
    usage.batch.flush()

    assert not Usage.objects.exists()


def test_uses_are_written_at_most_once_an_interval(settings, monkeypatch):
    token, seconds = bearer(), [1000.0]
    monkeypatch.setattr("oauthcore.recording.batches.time.monotonic", lambda: seconds[0])
    usage.batch.drain()

    written = []
    for pause in (1, 58, 1, 1, 59):
        seconds[0] += pause
        usage.note(Grant.objects.get().pk, at=NOW, address=None)
        usage.batch.flush_if_due()
        written.append(sum(Usage.objects.values_list("count", flat=True)))

    assert token
    assert written == [0, 0, 3, 3, 5]


def test_however_many_grants_were_used_a_batch_is_few_statements():
    grants = [open_grant() for _ in range(2)]
    for number in range(450):
        usage.note(
            grants[number % 2].pk, at=NOW + timedelta(days=number // 2), address=ip_address("192.0.2.1")
        )

    with statements() as run:
        usage.batch.flush()

    assert len(run) < 10  # SQLite takes fewer values a statement than others
    assert Usage.objects.count() == 450
    assert set(Usage.objects.values_list("count", flat=True)) == {1}


def test_a_grant_that_was_deleted_meanwhile_spoils_no_batch():
    gone, kept = open_grant(), open_grant()
    for grant in (gone, kept):
        usage.note(grant.pk, at=NOW, address=None)
    key = gone.pk
    gone.delete()

    usage.batch.flush()

    assert {grant_id for grant_id, _, _ in counts()} == {key, kept.pk}


def test_a_database_that_is_down_costs_the_counts_and_is_named_in_the_log(caplog, monkeypatch):
    def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError("the disk is full")

    usage.note(open_grant().pk, at=NOW, address=None)
    monkeypatch.setattr(Usage.objects, "get_queryset", fail)
    with caplog.at_level(logging.WARNING, "oauthcore"):
        usage.batch.flush()

    assert "counts of 1 keys could not be written" in caplog.text


def test_a_flood_of_different_grants_does_not_fill_the_memory():
    for number in range(10_100):
        usage.note(number, at=NOW, address=None)

    assert len(usage.batch.drain()) == 10_000
