"""``lift_limits``: somebody who has tried too often may try again at once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from oauthcore.limiter import REMEMBERED_FOR
from oauthcore.models import SecurityEvent
from tests.support.sign_in.client import AWAY, HOME, AppClient
from tests.support.sign_in.guessing import REFUSED, THROTTLED, guess
from tests.support.sign_in.people import with_account, with_second_factor

pytestmark = pytest.mark.django_db


def lift(**named: str) -> str:
    out = io.StringIO()
    call_command("lift_limits", **named, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def ada(db: None) -> Any:
    return with_account(username="ada", email="ada@people.example")


@pytest.mark.parametrize("login", ["ada", "ADA@people.example"])
def test_a_login_is_tried_anew_wherever_it_was_refused(login: str) -> None:
    for address in (HOME, AWAY):
        guess(address=address, times=6)
    assert AppClient().sign_in().refused == THROTTLED

    printed = lift(login=login)

    assert printed.splitlines()[0] == "limits lifted: 3"
    assert f"within {REMEMBERED_FOR} seconds" in printed
    assert AppClient().sign_in().status == AppClient(address=AWAY).sign_in().status == 200


def test_an_address_is_lifted_for_every_login_and_a_login_there_alone() -> None:
    for number in range(20):
        guess(f"login{number}")
    guess(address=AWAY, times=5)
    assert AppClient().sign_in().refused == THROTTLED

    lift(address=HOME)
    assert AppClient().sign_in().status == 200
    lift(login="ada", address=HOME)
    assert AppClient(address=AWAY).sign_in().refused == THROTTLED


def test_a_login_that_nobody_has_is_lifted_where_the_address_is_named() -> None:
    guess("nobody", times=6)

    assert lift(login="nobody").startswith("limits lifted: 1")
    assert guess("nobody").refused == THROTTLED
    assert lift(login="nobody", address=HOME).startswith("limits lifted: 2")
    assert guess("nobody").refused == REFUSED


def test_codes_of_the_person_are_looked_at_again_and_a_new_pause_is_told_of(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_LIMIT": (2, 3600)}
    tess, app = with_second_factor(username="tess"), AppClient(login="tess")
    mfa_token = app.mfa_token()
    for _ in range(2):
        assert [app.mfa(mfa_token, tess.wrong_code()).status for _ in range(3)] == [401, 401, 429]
        lift(login="tess")
    assert app.mfa(mfa_token, tess.code()).status == 200
    assert SecurityEvent.objects.filter(kind="second_factor_paused").count() == 2


def test_an_event_says_that_limits_were_lifted_and_none_says_it_of_nothing(ada: Any) -> None:
    assert lift(login="ada") == "limits lifted: 0\n"
    assert not SecurityEvent.objects.filter(kind="limits_lifted").exists()
    guess()
    lift(login="ada", address=HOME)

    event = SecurityEvent.objects.get(kind="limits_lifted")
    assert (event.user_ref, event.reason) == (str(ada.user.pk), "3 limits, by staff")


@pytest.mark.parametrize("named", [{}, {"address": "nowhere"}])
def test_what_cannot_be_lifted_is_said(named: dict[str, str]) -> None:
    options = [f"--{name}={value}" for name, value in named.items()]
    with pytest.raises(CommandError):
        call_command("lift_limits", *options)
