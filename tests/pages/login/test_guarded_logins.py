"""Logins that views of others hand on: what nobody's login is costs nothing, and tries go back once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from oauthcore.rules.sign_in import logins
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages.authenticator_app import STEP, switch_on

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.sites.own_logins")]

LOGINS = ["/plain", "/admin/login/", "/decorated-admin/login/"]


@pytest.fixture
def staff(db: None) -> Any:
    return UserFactory(username="staff", is_staff=True)


@pytest.mark.parametrize("path", LOGINS)
def test_looks_for_no_login_that_a_database_breaks_on(staff: Any, path: str) -> None:
    """PostgreSQL takes no NUL, and the form that refuses it has not read it yet."""
    with CaptureQueriesContext(connection) as asked:
        assert Client().post(path, {"username": "sta\x00ff@x", "password": "wrong"}).status_code == 200

    assert not [one["sql"] for one in asked if "\x00" in one["sql"]]


@pytest.mark.parametrize("path", LOGINS)
def test_spells_no_endless_login(staff: Any, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spelled: list[str] = []
    monkeypatch.setattr(logins, "as_typed", lambda login: spelled.append(login) or login)

    Client().post(path, {"username": "\ufdfa" * 100_000, "password": "wrong"})

    assert max(map(len, spelled)) <= 321


@pytest.mark.parametrize("engine", ["db", "signed_cookies"])
def test_gives_tries_back_once_however_often_a_cookie_is_sent_again(
    staff: Any, clock: Any, settings: Settings, engine: str
) -> None:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGIN_ADDRESS_LIMIT": (5, 3000)}
    app = switch_on(staff)
    before = Client()
    before.post("/plain", {"username": "staff", "password": PASSWORD})
    cookie = before.cookies["sessionid"].value

    answers = []
    for number in range(5):
        answers.append(Client().post("/login", {"username": f"{number}", "password": "wrong"}))
        again = Client()
        again.cookies["sessionid"] = cookie
        again.get(STEP)
        again.post(STEP, {"code": app.code()})
        clock.shift(30)

    answers.append(Client().post("/login", {"username": "another", "password": "wrong"}))
    assert answers[-1].status_code == 429
