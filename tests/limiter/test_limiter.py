"""The limiter: so many tries in so many seconds, wherever they are counted (``oauthcore/limiter``)."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from django.test import Client

from oauthcore import limiter
from oauthcore.limiter import Limit, count_try
from oauthcore.rules.errors.oauth import TemporarilyUnavailable
from tests.support.factories import PASSWORD, UserFactory, register
from tests.support.limiter import HOUR, let_through
from tests.support.oauth import OAuthClient, is_live
from tests.support.servers.launch import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def store_is_down(settings):
    """Name a Redis that is not there."""
    url = f"redis://127.0.0.1:{free_port()}/0"
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LIMITER_URL": url}


def test_as_many_tries_as_the_limit_says_are_let_through(store, who):
    assert let_through(Limit("guess", 5, HOUR), who, tries=40) == 5


@pytest.mark.parametrize(
    ("limit", "others"),
    [
        (Limit("another-limit", 1, HOUR), ("a", "bc")),
        (Limit("guess", 1, HOUR), ("ab", "c")),
        (Limit("guess", 1, HOUR), ("abc",)),
        (Limit("guess", 1, HOUR), ("A", "bc")),
        (Limit("guess", 1, HOUR), ("a", "bc", "")),
        (Limit("guess", 1, HOUR), ("a\x00bc",)),
        (Limit("guess", 1, HOUR), ("a2:bc",)),
    ],
)
def test_whoever_and_whatever_is_another_has_a_count_of_its_own(limit, others, store, who):
    assert let_through(Limit("guess", 1, HOUR), who, "a", "bc", tries=3) == 1

    assert count_try(limit, who, *others).wait is None


@pytest.mark.parametrize("odd", ["", "\x00", "\ud800", "ä" * 100_000])
def test_any_text_can_be_counted(odd, store, who):
    assert let_through(Limit("guess", 2, HOUR), who, odd, tries=3) == 2


def test_a_limit_that_is_kept_is_counted_in_the_sql_database_whatever_counts_the_others(store_is_down, who):
    assert let_through(Limit("guess", 3, HOUR, is_kept=True), who, tries=5) == 3


def test_a_window_ends_by_itself_so_many_seconds_after_its_first_try(clock, who):
    limit = Limit("guess", 2, 60)
    for _ in range(3):
        assert count_try(limit, who).wait is None
        clock.shift(59)
        assert let_through(limit, who, tries=3) == 1
        assert count_try(limit, who).wait == 1

        clock.shift(1)


@pytest.mark.redis
def test_a_window_ends_by_itself_in_redis_too(settings, redis_url, who):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LIMITER_URL": redis_url}
    limit = Limit("guess", 1, 3)
    assert let_through(limit, who, tries=2) == 1

    time.sleep(3.1)

    assert let_through(limit, who, tries=2) == 1


def test_who_has_to_wait_is_told_for_how_many_whole_seconds_and_never_for_none(clock, who):
    limit = Limit("guess", 1, 60)
    count_try(limit, who)

    waits = []
    for _ in range(6):
        waits.append(count_try(limit, who).wait)
        clock.shift(11.99)
        limiter.forget()

    assert waits == [60, 49, 37, 25, 13, 1]


def test_the_wait_is_until_the_end_of_the_window(store, who):
    limit = Limit("guess", 1, HOUR)
    count_try(limit, who)

    wait = count_try(limit, who).wait

    assert isinstance(wait, int)
    assert HOUR - 5 <= wait <= HOUR


def test_who_is_over_the_limit_costs_the_store_nothing_for_a_while(clock, who, django_assert_num_queries):
    limit = Limit("guess", 1, 60)
    let_through(limit, who, tries=2)

    clock.shift(4.9)
    with django_assert_num_queries(0):
        assert count_try(limit, who).wait == 56
    clock.shift(0.1)
    with django_assert_num_queries(1):
        assert count_try(limit, who).wait == 55


def test_another_process_knows_it_too(store, who):
    limit = Limit("guess", 1, HOUR)
    let_through(limit, who, tries=2)

    limiter.forget()

    assert count_try(limit, who).wait is not None


def test_what_is_remembered_is_bounded_and_whoever_is_forgotten_still_has_to_wait(monkeypatch, clock, who):
    monkeypatch.setattr(limiter, "_MOST_REMEMBERED", 10)
    limit = Limit("guess", 1, 60)

    for number in range(25):
        let_through(limit, who, str(number), tries=2)

    assert len(limiter._full) <= 10
    assert all(count_try(limit, who, str(number)).wait for number in range(25))


def test_what_was_seen_too_long_ago_is_forgotten_first(monkeypatch, clock, who, django_assert_num_queries):
    monkeypatch.setattr(limiter, "_MOST_REMEMBERED", 3)
    limit = Limit("guess", 1, HOUR)
    let_through(limit, who, "early", tries=2)
    clock.shift(3)
    for name in ("one", "two"):
        let_through(limit, who, name, tries=2)

    clock.shift(3)
    let_through(limit, who, "three", tries=2)

    with django_assert_num_queries(0):
        assert all(count_try(limit, who, name).wait for name in ("one", "two", "three"))


@pytest.mark.sqlite_only("a silent socket stands in for the store")
def test_a_store_that_does_not_answer_is_waited_for_once_in_two_seconds(settings, monkeypatch):
    later, limit = time.monotonic, Limit("guess", 5, HOUR)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        settings.OAUTHCORE = {**settings.OAUTHCORE, "LIMITER_URL": url}

        seconds = [seconds_until_unavailable(limit) for _ in range(2)]
        monkeypatch.setattr("oauthcore.silence.monotonic", lambda: later() + 2.1)
        seconds.append(seconds_until_unavailable(limit))

    assert [one >= 1 for one in seconds] == [True, False, True]


@pytest.mark.sqlite_only("no resolver answers")
@pytest.mark.parametrize(
    "url", ["redis://slow.example/0", "rediss://slow.example/0", "redis+sentinel://slow.example/main"]
)
def test_a_name_that_no_resolver_answers_is_waited_for_no_longer_than_a_server(url, settings, monkeypatch):
    has_ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: has_ended.wait(20) and [])
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LIMITER_URL": url}

    assert seconds_until_unavailable(Limit("guess", 5, HOUR)) < 10
    has_ended.set()


def seconds_until_unavailable(limit):
    began = time.perf_counter()
    with pytest.raises(TemporarilyUnavailable):
        count_try(limit, "somebody")
    return time.perf_counter() - began


class TestWithoutItsStore:
    def test_nothing_is_let_through(self, store_is_down, who):
        with pytest.raises(TemporarilyUnavailable) as refusal:
            count_try(Limit("guess", 5, HOUR), who)

        assert refusal.value.retry_after >= 1

    def test_a_wrong_secret_is_answered_with_503_and_the_right_one_with_tokens(self, store_is_down):
        oauth = OAuthClient(register())

        wrong = oauth.token(grant_type="client_credentials", client_secret="guessed")
        right = oauth.token(grant_type="client_credentials")

        assert (wrong.status_code, wrong.json()["error"]) == (503, "temporarily_unavailable")
        assert int(wrong["Retry-After"]) >= 1
        assert is_live(right.json()["access_token"])

    def test_nobody_logs_in_and_no_password_is_looked_at(self, store_is_down):
        login = {"username": UserFactory().username, "password": PASSWORD}

        answer = Client().post("/login", login)

        assert answer.status_code == 503
        assert int(answer["Retry-After"]) >= 1
        assert "sessionid" not in answer.cookies
