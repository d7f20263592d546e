"""Whatever fails while somebody logs in on a page: it says so, nobody is logged in, and no code is burned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from django.test import Client

from tests.support.factories import PASSWORD
from tests.support.failing_commits import SQLSTATES, refusing_commits
from tests.support.sign_in.people import with_account, with_second_factor
from tests.support.sign_in.requests import all_but_tries
from tests.support.statements import failing_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

SECOND_STEP = "/oauth/second-step"


@dataclass
class LoginForm:
    """A form that logs a person in, in a browser that has come to it."""

    browser: Client
    send: Callable[[], Any]

    @property
    def is_passed(self) -> bool:
        return "_auth_user_id" in self.browser.session


def login_page() -> LoginForm:
    browser, ada = Client(raise_request_exception=False), with_account().user
    return LoginForm(
        browser, lambda: browser.post("/login", {"username": ada.username, "password": PASSWORD})
    )


def second_step() -> LoginForm:
    return _at_second_step(lambda tess: tess.code())


def second_step_with_recovery_code() -> LoginForm:
    return _at_second_step(lambda tess: tess.recovery_codes[0])


def _at_second_step(code_of: Callable[[Any], str]) -> LoginForm:
    browser, tess = Client(raise_request_exception=False), with_second_factor()
    browser.post("/login", {"username": tess.user.username, "password": PASSWORD})
    return LoginForm(browser, lambda: browser.post(SECOND_STEP, {"code": code_of(tess)}))


each_form = pytest.mark.parametrize(
    "prepare",
    [login_page, second_step, second_step_with_recovery_code],
    ids=lambda prepare: prepare.__name__,
)


@pytest.fixture(autouse=True)
def many_tries_from_here(settings: Any) -> None:
    settings.OAUTHCORE = settings.OAUTHCORE | {"LOGIN_ADDRESS_LIMIT": (1000, 300)}


def assert_says_so(response: Any) -> None:
    assert response.status_code == 503
    assert int(response["Retry-After"]) >= 1
    assert response["Content-Type"].startswith("text/html")
    assert response["Cache-Control"] == "no-store"


@each_form
def test_a_login_whose_statement_fails_is_not_done_at_all_and_can_be_done_again(
    prepare: Callable[[], LoginForm],
) -> None:
    interrupted = []
    for turn in count(1):
        form = prepare()
        before = all_but_tries()
        with failing_at(turn) as has_failed:
            response = form.send()
        if not has_failed():
            break
        assert not form.is_passed
        if response.status_code == 400:
            interrupted.append(turn)
            # Django writes the session once more when all is done, and says so where it cannot. Nobody is
            # logged in then; the code is as lost as with an answer that never came.
            continue

        assert_says_so(response)
        assert all_but_tries() == before, f"statement {turn} failed and something was left"
        form.send()
        assert form.is_passed, f"after statement {turn} had failed"

    assert turn > 10, "hardly a statement was made to fail"
    assert all(one >= turn - 2 for one in interrupted), "the last write, with what begins it on SQLite"
    assert form.is_passed


@each_form
def test_a_session_that_is_kept_outside_of_the_database_knows_nothing_of_a_login_that_failed(
    prepare: Callable[[], LoginForm], settings: Any
) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    for turn in count(1):
        form = prepare()
        before = all_but_tries()
        with failing_at(turn) as has_failed:
            response = form.send()
        if not has_failed():
            break

        assert_says_so(response)
        assert not form.is_passed, f"statement {turn} failed"
        assert all_but_tries() == before, f"statement {turn} failed and something was left"

    assert form.is_passed


@pytest.mark.postgres
@each_form
@pytest.mark.parametrize("sqlstate", [state for state, status in SQLSTATES.items() if status == 503])
def test_a_commit_that_fails_logs_nobody_in(
    prepare: Callable[[], LoginForm], sqlstate: str, atomic_requests: bool
) -> None:
    form = prepare()
    before = all_but_tries()

    with refusing_commits("oauthcore_securityevent", sqlstate):
        response = form.send()

    assert_says_so(response)
    assert not form.is_passed
    assert all_but_tries() == before
    form.send()
    assert form.is_passed
