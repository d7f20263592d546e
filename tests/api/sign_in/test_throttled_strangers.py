"""How often strangers may try a login together, and that they lock nobody out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.factories import PASSWORD
from tests.support.sign_in.client import AWAY, AppClient
from tests.support.sign_in.guessing import REFUSED, THROTTLED, guess, log_in
from tests.support.sign_in.people import Person, with_account, with_second_factor

pytestmark = pytest.mark.django_db


def guess_from_everywhere(login: str = "ada", *, times: int = 50) -> None:
    """Try wrong passwords, few from each of many addresses."""
    for number in range(times):
        guess(login, address=f"203.0.113.{number}")


def test_strangers_have_fifty_tries_together_and_no_hash_after_them(
    hashed: list[bool], person: Person
) -> None:
    hashed.clear()
    guess_from_everywhere()
    assert len(hashed) == 50

    answer = AppClient(address=AWAY).sign_in()

    assert (answer.refused, answer.retry_after) == (THROTTLED, "300")
    assert len(hashed) == 50


@pytest.mark.parametrize("login", ["app", "login page", "second step"])
def test_strangers_cannot_lock_a_person_out_where_they_have_signed_in_before(clock: Any, login: str) -> None:
    ada = with_second_factor(username="ada") if login == "second step" else with_account(username="ada")
    app = AppClient()
    if login == "login page":
        assert log_in(password=PASSWORD).status_code == 302
    elif login == "second step":
        assert app.mfa(app.mfa_token(), ada.code()).status == 200
    else:
        assert app.sign_in().status == 200
    guess_from_everywhere(times=60)

    assert app.sign_in().status == 200
    assert log_in(password=PASSWORD).status_code in (302, 303)
    # Her own tries there are still few.
    tries = [guess().refused for _ in range(6)]
    assert (tries[0], tries[-1]) == (REFUSED, THROTTLED)


def test_the_password_alone_makes_no_address_known(clock: Any) -> None:
    with_second_factor(username="tess")
    AppClient(login="tess").mfa_token()
    guess_from_everywhere("tess", times=50)

    assert AppClient(login="tess").sign_in().refused == THROTTLED


def test_somebody_elses_address_is_a_strangers(clock: Any) -> None:
    for name in ("ada", "mallory"):
        with_account(username=name)
    AppClient(login="mallory", address=AWAY).sign_in()
    guess_from_everywhere()

    assert AppClient(address=AWAY).sign_in().refused == THROTTLED


def test_elsewhere_the_person_waits_no_longer_than_the_window(person: Person, clock: Any) -> None:
    guess_from_everywhere(times=49)
    for _ in range(100):
        guess(address=AWAY)
        clock.shift(2.99)
    clock.shift(2)

    assert AppClient(address=AWAY).sign_in().status == 200
