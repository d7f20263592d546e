"""What is told when the database goes away, or something breaks half-way: and nothing is left half-done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from oauthcore.models import AnsweredPage
from tests.support.factories import PASSWORD, UserFactory
from tests.support.oauth import OAuthClient, answer
from tests.support.outages import breaking_at
from tests.support.pages.refusals import assert_nothing_happened, assert_refused, assert_shown_on_a_page

pytestmark = pytest.mark.django_db(transaction=True)

Run = Callable[[], Any]


def each_way_to_break(run: Run, error: type[Exception]) -> Iterator[Any]:
    """Yield what is answered when the first statement fails, when the second does, and so on to the last."""
    for number in range(1, 50):
        with breaking_at(number, error):
            response = run()
        if "code=" in response.get("Location", "") or response.status_code == 200:
            return
        yield response


def assert_told(response: Any, error: str) -> None:
    """On a page where nobody may be sent on yet, at the application afterwards; and nothing was done."""
    if "Location" in response:
        assert_refused(response, error)
    else:
        assert_shown_on_a_page(response, status=503)
        assert int(response["Retry-After"]) >= 1
    assert not AnsweredPage.objects.exists()


def test_without_its_database_the_page_says_that_it_cannot_answer_right_now(printer: OAuthClient) -> None:
    answers = list(each_way_to_break(printer.authorize, OperationalError))

    assert len(answers) >= 3
    for response in answers:
        assert_told(response, "temporarily_unavailable")


def test_a_decision_is_taken_whole_or_not_at_all(printer: OAuthClient, atomic_requests: bool) -> None:
    transaction = printer.authorize().context["transaction"]

    answers = 0
    for response in each_way_to_break(lambda: printer.decide(transaction=transaction), OperationalError):
        assert_told(response, "temporarily_unavailable")
        answers += 1

    assert answers >= 6


def test_a_decision_that_broke_can_be_made_again(printer: OAuthClient, atomic_requests: bool) -> None:
    transaction = printer.authorize().context["transaction"]
    with breaking_at(6, OperationalError):
        broken = printer.decide(transaction=transaction)

    assert_told(broken, "temporarily_unavailable")
    assert answer(printer.decide(transaction=transaction))["code"]


def test_what_nobody_expected_is_a_server_error_without_a_trace(printer: OAuthClient) -> None:
    transaction = printer.authorize().context["transaction"]

    with breaking_at(5, ZeroDivisionError):
        response = printer.decide(transaction=transaction)

    told = assert_refused(response, "server_error")
    assert "out of order" not in str(told)
    assert_nothing_happened()


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_without_its_database_nobody_is_logged_in_and_the_page_says_so(number: int) -> None:
    ada, browser = UserFactory(), Client()

    with breaking_at(number, OperationalError):
        page = browser.post("/login", {"username": ada.username, "password": PASSWORD})

    assert_shown_on_a_page(page, status=503)
    assert int(page["Retry-After"]) >= 1
    assert "_auth_user_id" not in browser.session
