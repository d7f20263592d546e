"""Orchestrators ask ``/healthz`` whether the process lives, and ``/readyz`` whether it can serve."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from oauthcore.flows.upkeep import readiness
from oauthcore.models import SigningKey, migrations_applied
from tests.support.outages import breaking_at
from tests.support.signing import make_keys

USABLE = {"database": "ok", "limiter": "ok", "migrations": "ok", "signing_keys": "ok"}
MEMORY = readiness.REMEMBERED_FOR


@pytest.fixture
def keys(db: None) -> None:
    make_keys()


def ready() -> tuple[int, dict[str, str]]:
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()["checks"]


def with_settings(settings: Any, **members: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, **members}


@pytest.mark.sqlite_only("no database is asked, and pytest-django would refuse one")
def test_a_process_that_answers_is_healthy_without_asking_a_database():
    answer = Client().get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer
    assert not answer.cookies


def test_a_site_that_has_all_it_needs_is_ready(keys):
    answer = Client().get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "checks": USABLE})
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies


@pytest.mark.sqlite_only("the wrapper breaks every statement of any database")
def test_a_site_without_its_database_is_not_ready_and_does_not_say_why(keys, caplog):
    with breaking_at(1, OperationalError):
        answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) >= MEMORY
    assert answer.json() == {
        "status": "failed",
        "checks": {"database": "failed", "limiter": "ok", "migrations": "unknown", "signing_keys": "unknown"},
        "error": "temporarily_unavailable",
        "error_description": answer.json()["error_description"],
    }
    assert "out of order" not in answer.text
    assert "not ready: database: OperationalError" in caplog.text


def test_a_site_is_not_ready_before_its_migrations_have_run(keys, caplog):
    MigrationRecorder(connection).record_unapplied("oauthcore", "0001_initial")

    status, checks = ready()

    assert (status, checks) == (503, {**USABLE, "migrations": "failed"})
    assert "oauthcore.0001_initial" in caplog.text


def test_a_site_that_signs_is_not_ready_without_a_key_and_one_that_does_not_is(db, settings):
    assert ready() == (503, {**USABLE, "signing_keys": "failed"})

    with_settings(settings, JWT_ACCESS_TOKENS=False, OPENID_CONNECT=False)
    readiness.readiness.start_anew()
    assert ready() == (200, USABLE)


def test_a_key_that_cannot_be_decrypted_does_not_count(keys):
    SigningKey.objects.update(private=b"not what was encrypted")

    assert ready() == (503, {**USABLE, "signing_keys": "failed"})


@pytest.mark.sqlite_only("no database counts here")
def test_a_site_is_not_ready_while_the_store_of_its_limiter_does_not_answer(keys, settings):
    with_settings(settings, LIMITER_URL="redis://127.0.0.1:1/0")

    assert ready() == (503, {**USABLE, "limiter": "failed"})


def test_a_site_is_ready_while_the_store_of_its_limiter_answers(keys, settings, redis_url):
    with_settings(settings, LIMITER_URL=redis_url)

    assert ready() == (200, USABLE)


def test_an_answer_is_remembered_so_that_a_flood_of_requests_costs_one_look(keys, django_assert_num_queries):
    assert ready()[0] == 200
    with django_assert_num_queries(0):
        assert [ready()[0] for _ in range(50)] == [200] * 50


@pytest.mark.parametrize("method", ["post", "put", "delete"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_can_only_be_read(db, method, path):
    answer = getattr(Client(), method)(path)

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, OPTIONS")


class Hanging:
    """A store that does not answer before it is let go."""

    def __init__(self) -> None:
        self.let_go, self.asked = threading.Event(), 0

    def __call__(self) -> None:
        self.asked += 1
        self.let_go.wait(20)


@pytest.fixture
def on_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look as a serving process does, at nothing but the store of the limiter."""
    monkeypatch.setattr(readiness, "is_test_run", lambda: False)
    monkeypatch.setattr(readiness, "MOST_SECONDS", 0.2)
    monkeypatch.setattr(readiness, "REMEMBERED_FOR", 0.05)


@pytest.mark.sqlite_only("no database is asked")
def test_what_hangs_counts_as_failed_in_bounded_time_and_keeps_one_thread(on_threads, monkeypatch):
    hanging = Hanging()
    monkeypatch.setattr(readiness, "_LOOKS", {"limiter": hanging, "database": lambda: None})
    fresh = readiness.Readiness()
    began = time.monotonic()

    first = fresh.states()
    time.sleep(0.1)
    again = [fresh.states() for _ in range(20)]
    seconds = time.monotonic() - began
    hanging.let_go.set()

    assert first == {"limiter": "failed", "database": "unknown"}
    assert again == [first] * 20
    assert hanging.asked == 1
    assert seconds < 10
    assert _until(fresh, {"limiter": "ok", "database": "ok"})


@pytest.mark.sqlite_only("no database is asked")
def test_a_crowd_is_given_the_last_answer_while_one_request_waits(on_threads, monkeypatch):
    hanging = Hanging()
    hanging.let_go.set()
    monkeypatch.setattr(readiness, "_LOOKS", {"limiter": hanging})
    monkeypatch.setattr(readiness, "MOST_SECONDS", 5.0)
    fresh = readiness.Readiness()
    assert fresh.states() == {"limiter": "ok"}
    hanging.let_go.clear()
    time.sleep(0.1)
    waiting = threading.Thread(target=fresh.states)
    waiting.start()
    deadline = time.monotonic() + 5
    while hanging.asked < 2:
        assert time.monotonic() < deadline, "nobody looks again"
        time.sleep(0.01)

    began = time.monotonic()
    assert [fresh.states() for _ in range(20)] == [{"limiter": "ok"}] * 20
    assert time.monotonic() - began < 4
    hanging.let_go.set()
    waiting.join(10)


@pytest.mark.sqlite_only("no database is asked")
def test_a_look_that_hangs_for_very_long_is_given_up(on_threads, monkeypatch):
    hanging = Hanging()
    monkeypatch.setattr(readiness, "_LOOKS", {"limiter": hanging})
    monkeypatch.setattr(readiness, "_GIVEN_UP_AFTER", 0.1)
    fresh = readiness.Readiness()

    fresh.states()
    time.sleep(0.1)
    fresh.states()
    hanging.let_go.set()

    assert hanging.asked == 2


def _until(one: readiness.Readiness, states: dict[str, str]) -> bool:
    deadline = time.monotonic() + 5
    while one.states() != states and time.monotonic() < deadline:
        time.sleep(0.02)
    return one.states() == states


A, B, BOTH, ALL = ("app", "0001"), ("app", "0002"), ("app", "0001_squashed"), ("app", "0001_all")


@pytest.mark.sqlite_only("no database is asked")
@pytest.mark.parametrize(
    ("applied", "missing"),
    [
        ([A, B], []),
        ([BOTH], []),
        ([A], [BOTH, ALL, B]),
        ([], [A, BOTH, ALL, B]),
        ([ALL], []),
    ],
    ids=["replaced ones", "the squashed one", "half of them", "none", "a squash of a squash"],
)
def test_a_squashed_migration_counts_as_applied_with_those_that_it_replaces(applied, missing):
    known = {A: (), B: (), BOTH: (A, B), ALL: (BOTH,)}

    assert migrations_applied.not_in(applied, known) == sorted(missing)


@pytest.mark.sqlite_only("no database is asked")
def test_the_log_names_a_failure_once_and_not_at_every_look(on_threads, monkeypatch, caplog):
    def broken() -> None:
        raise OSError("down")

    monkeypatch.setattr(readiness, "_LOOKS", {"limiter": broken})
    fresh = readiness.Readiness()

    for _ in range(3):
        assert fresh.states() == {"limiter": "failed"}
        time.sleep(0.1)

    assert [one.message for one in caplog.records] == ["not ready: limiter: OSError"]


@pytest.mark.sqlite_only("no database is asked")
def test_a_request_before_the_first_answer_waits_for_the_look_that_has_begun(on_threads, monkeypatch):
    hanging = Hanging()
    monkeypatch.setattr(readiness, "_LOOKS", {"limiter": hanging})
    fresh = readiness.Readiness()
    fresh._look = readiness.Look()  # another request has begun it

    assert fresh.states() == {"limiter": "failed"}
    assert hanging.asked == 0
