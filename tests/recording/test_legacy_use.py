"""Legacy use: what OAuth 2.1 would refuse is counted by application, habit and day; batches add up."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oauthcore.models import Application, LegacyUse
from oauthcore.recording import legacy_use
from tests.support.factories import register
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

NOW = datetime(2030, 6, 15, 12, 0, tzinfo=UTC)
Habit = LegacyUse.Habit


@pytest.fixture
def application() -> Application:
    return register(profile="oauth2.0").application


def note(application: Application, habit: Habit = Habit.NO_PKCE, example: str = "/oauth/authorize") -> None:
    legacy_use.note(application, habit, example=example)


def counts() -> list[tuple[str, date, int]]:
    return sorted(LegacyUse.objects.values_list("habit", "day", "count"))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 1), st.sampled_from(Habit), st.integers(0, 2)), max_size=6),
        max_size=4,
    )
)
def test_batches_add_up_to_what_happened(db, clock, batches):
    both = [register(profile="oauth2.0").application for _ in range(2)]
    LegacyUse.objects.all().delete()
    noted: Counter[tuple[Any, ...]] = Counter()

    for batch in batches:
        for one, habit, day in batch:
            clock.move_to(NOW + timedelta(days=day))
            note(both[one], habit)
            noted[both[one].pk, habit.value, (NOW + timedelta(days=day)).date()] += 1
        legacy_use.batch.flush()

    rows = LegacyUse.objects.values_list("application_id", "habit", "day", "count")
    assert {(number, habit, day): count for number, habit, day, count in rows} == noted


def test_a_row_has_the_last_time_and_the_last_example(clock, application):
    note(application, example="https://client.example/one")
    clock.shift(30)
    note(application, example="https://client.example/two")
    legacy_use.batch.flush()

    row = LegacyUse.objects.get()
    assert (row.application, row.habit, row.day, row.count) == (application, "no_pkce", NOW.date(), 2)
    assert (row.last_at, row.example) == (NOW + timedelta(seconds=30), "https://client.example/two")
    assert str(row) == f"no_pkce of application {application.pk} on 2030-06-15"


def test_what_another_process_wrote_is_added_to_and_never_overwritten(clock, application):
    note(application)
    legacy_use.batch.flush()
    LegacyUse.objects.update(count=40)  # what the other process has counted meanwhile

    note(application)
    legacy_use.batch.flush()

    assert counts() == [("no_pkce", NOW.date(), 41)]


@pytest.mark.parametrize(
    ("example", "kept"),
    [
        ("/v1/me?access_token=secret", "/v1/me"),
        ("https://client.example/cb#access_token=secret", "https://client.example/cb"),
        ("/photos/" + "x" * 600, "/photos/" + "x" * 492),
        ("/photos/\x00\u202e", "/photos/%00%E2%80%AE"),
        ("/photos/\ud800", "/photos/"),
    ],
)
def test_an_example_is_cut_holds_no_query_and_is_ascii(application, example, kept):
    note(application, example=example)
    legacy_use.batch.flush()

    assert LegacyUse.objects.get().example == kept


def test_counting_runs_no_statement_until_it_is_written(application):
    with statements() as run:
        for _ in range(1000):
            note(application)

    assert run == []


def test_however_many_applications_there_were_a_batch_is_few_statements(application):
    both = [application, register(profile="oauth2.0").application]
    for one in both:
        for habit in Habit:
            note(one, habit)

    with statements() as run:
        legacy_use.batch.flush()

    assert len(run) == 2
    assert LegacyUse.objects.count() == 2 * len(Habit)


def test_an_application_that_was_deleted_meanwhile_spoils_no_batch(application):
    gone = register(profile="oauth2.0").application
    for one in (gone, application):
        note(one)
    Application.objects.filter(pk=gone.pk).delete()

    legacy_use.batch.flush()
    connection.check_constraints()

    assert LegacyUse.objects.filter(application=application).get().count == 1


def test_deleting_an_application_takes_its_legacy_use_along(application):
    note(application)
    legacy_use.batch.flush()

    application.delete()

    assert not LegacyUse.objects.exists()


def test_a_habit_is_counted_when_its_request_is_answered_and_written_afterwards(
    application, client, monkeypatch
):
    seconds = [1000.0]
    monkeypatch.setattr("oauthcore.recording.batches.time.monotonic", lambda: seconds[0])
    legacy_use.batch.drain()
    note(application)
    client.get("/.well-known/oauth-authorization-server")
    assert counts() == []

    seconds[0] += 60
    client.get("/.well-known/oauth-authorization-server")

    assert [count for _, _, count in counts()] == [1]
