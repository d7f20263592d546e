"""A check finds a ``LIMITER_URL`` that the limiter cannot use."""

from __future__ import annotations

import pytest
from django.core.checks import ERROR

from tests.support.checks import found, ids

pytestmark = pytest.mark.sqlite_only("system checks read settings alone")


@pytest.fixture
def configure(settings):
    """Name where limits are counted."""

    def change(url):
        settings.OAUTHCORE = settings.OAUTHCORE | {"LIMITER_URL": url}

    return change


@pytest.mark.parametrize(
    "url",
    [
        "memcached://127.0.0.1",
        "redis+sentinel://10.0.0.1:26379,10.0.0.2:26379",
        "redis+sentinel:///limits",
        "redis+sentinel://10.0.0.1,/limits",
        "redis+sentinel://10.0.0.1:port/limits",
        "redis+sentinel://10.0.0.1/limits/first",
        "redis+sentinel://10.0.0.1/limits?timeout=1",
    ],
)
def test_an_address_that_cannot_work_is_an_error_with_a_hint(url, configure):
    configure(url)

    (error,) = found()
    assert (error.id, error.level) == ("oauthcore.E008", ERROR)
    assert error.hint


@pytest.mark.parametrize(
    "url",
    [
        None,
        "redis://127.0.0.1:6379/0",
        "rediss://valkey.example/0",
        "unix:///run/valkey.sock",
        "redis+sentinel://:secret@10.0.0.1:26379,10.0.0.2,[::1]:26380/limits/2",
        "rediss+sentinel://10.0.0.1/limits?sentinel_username=a&sentinel_password=b",
    ],
)
def test_an_address_that_works_is_left_alone(url, configure):
    configure(url)

    assert found() == []


def test_a_wrong_address_is_not_repeated(configure):
    configure("redis+sentinel://ada:correct-horse@10.0.0.1/limits/first")

    (error,) = found()
    assert "correct-horse" not in f"{error.msg} {error.hint}"


def test_counting_in_redis_needs_the_package(configure, monkeypatch):
    configure("redis+sentinel://10.0.0.1/limits")
    monkeypatch.setattr("oauthcore.checks.limiter.find_spec", lambda name: None)

    assert ids() == ["oauthcore.E008"]
