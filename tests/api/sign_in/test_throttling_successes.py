"""What a success does to the limits of signing in: it gives its own try back (wire §6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import OperationalError

from oauthcore.flows.passwords import password_tries
from oauthcore.limiter import Try
from oauthcore.rules.errors.oauth import TemporarilyUnavailable
from tests.support.sign_in.client import AppClient
from tests.support.sign_in.guessing import REFUSED, THROTTLED, guess
from tests.support.sign_in.people import Person, with_account

pytestmark = pytest.mark.django_db


def test_a_success_gives_back_its_own_try_and_no_other(person: Person) -> None:
    with_account(username="mallory")
    guess("ada", times=4)
    mallory = AppClient(login="mallory")
    assert [mallory.sign_in().status for _ in range(25)] == [200] * 25

    assert guess("ada").refused == REFUSED
    assert guess("ada").refused == THROTTLED
    # Six tries failed so far from the address; fourteen more are left.
    statuses = [guess(f"login{number}").status for number in range(20)]
    assert statuses.index(429) == 14


def test_with_a_second_factor_the_password_alone_is_no_success(person_with_totp: Person, clock: Any) -> None:
    app = AppClient(login="tess")
    for _ in range(5):
        mfa_token = app.mfa_token()
    assert app.sign_in().refused == THROTTLED

    assert app.mfa(mfa_token, person_with_totp.code()).status == 200
    for _ in range(6):  # one was given back, and so is each of these
        clock.shift(30)
        assert app.mfa(app.mfa_token(), person_with_totp.code()).status == 200


def test_what_asks_for_password_and_code_gives_the_try_back_where_both_were_right(
    person_with_totp: Person, clock: Any
) -> None:
    app = AppClient(login="tess")
    bearer = app.access_token(app.mfa(app.mfa_token(), person_with_totp.code()))
    for _ in range(3):
        clock.shift(30)
        assert app.recovery_codes(bearer, person_with_totp.code()).status == 200
    for _ in range(5):
        assert app.recovery_codes(bearer, person_with_totp.wrong_code()).error == "invalid_mfa_code"

    assert app.recovery_codes(bearer, person_with_totp.code()).refused == THROTTLED


@pytest.mark.parametrize(
    "broken", [TemporarilyUnavailable("the store is away", retry_after=1), OperationalError()]
)
def test_who_was_right_is_let_in_though_the_try_cannot_be_given_back(
    person: Person, broken: Exception, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def fail(_tries: Sequence[Try]) -> None:
        raise broken

    monkeypatch.setattr(password_tries, "give_back", fail)

    assert [AppClient().sign_in().status for _ in range(6)] == [200] * 5 + [429]
    assert "stays counted as a try" in caplog.text
