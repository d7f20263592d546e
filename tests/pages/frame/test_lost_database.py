"""Any page of a site is 503 with ``Retry-After`` when the database does not answer, whoever asked it."""

from __future__ import annotations

import asyncio

import pytest
from django.db import DataError, OperationalError
from django.test import AsyncClient, Client

from tests.support.factories import PASSWORD, UserFactory
from tests.support.statements import failing_at

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the errors of a lost database are raised by the test; faults/ stops real ones"),
]


@pytest.fixture
def cookies():
    """The cookies of somebody who is logged in: a middleware asks the database who that is."""
    browser = Client()
    browser.force_login(UserFactory())
    return browser.cookies


def ask(path, cookies):
    browser = Client(raise_request_exception=False)
    browser.cookies = cookies
    return browser.get(path)


def ask_async(path, cookies):
    browser = AsyncClient(raise_request_exception=False)
    browser.cookies = cookies
    return asyncio.run(browser.get(path))


@pytest.mark.parametrize("how", [ask, ask_async])
@pytest.mark.parametrize("path", ["/", "/login"])
def test_a_page_that_lost_its_database_says_when_to_try_again(how, path, cookies):
    with failing_at(1, OperationalError):
        answer = how(path, cookies)

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert answer["Request-Id"]


def test_so_does_the_answer_to_a_login():
    UserFactory(username="ada")
    with failing_at(1, OperationalError):
        answer = Client(raise_request_exception=False).post(
            "/login", {"username": "ada", "password": PASSWORD}
        )

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")


def test_so_does_a_login_that_lost_the_cache_with_the_sessions(settings):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    UserFactory(username="ada")

    answer = Client(raise_request_exception=False).post("/login", {"username": "ada", "password": PASSWORD})

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")


def test_what_breaks_for_another_reason_is_still_500(cookies):
    with failing_at(1, DataError):
        answer = ask("/", cookies)

    assert answer.status_code == 500
    assert "Retry-After" not in answer
