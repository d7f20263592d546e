"""Ten wrong codes an hour for one person, however many mfa_tokens (wire §6).

Codes are short: who knows the password could otherwise go on guessing with one ``mfa_token`` after another.
"""

from __future__ import annotations

from typing import Any

import pytest
import redis
from django.test import Client

from oauthcore.models import SecurityEvent, TOTPFactor
from tests.support.factories import PASSWORD
from tests.support.sign_in.client import AWAY, PHONE, AppClient
from tests.support.sign_in.people import Person, with_second_factor

pytestmark = pytest.mark.django_db

WRONG, PAUSED = (401, "invalid_mfa_code"), (429, "throttled")


@pytest.fixture
def tess(person_with_totp: Person) -> Person:
    """Tess, whose second factor is on."""
    return person_with_totp


@pytest.fixture
def thief() -> AppClient:
    """Somebody who knows the password of tess, and is elsewhere."""
    return AppClient(login="tess", address=AWAY)


def guess(thief: AppClient, tess: Person, *, times: int = 10) -> None:
    """Guess codes, with a new mfa_token for every five."""
    for number in range(times):
        if number % 5 == 0:
            mfa_token = thief.mfa_token()
        assert thief.mfa(mfa_token, tess.wrong_code()).refused == WRONG


def test_after_ten_wrong_codes_the_factor_pauses_for_an_hour(
    thief: AppClient, tess: Person, clock: Any
) -> None:
    guess(thief, tess)
    mfa_token = thief.mfa_token()

    answer = thief.mfa(mfa_token, tess.code())

    assert (answer.refused, answer.retry_after) == (PAUSED, "3600")
    assert answer.json.keys() == {"error", "error_description"}
    clock.shift(3599)
    home = AppClient(login="tess")
    assert home.mfa(home.mfa_token(), tess.code()).retry_after == "1"
    clock.shift(1)
    assert home.mfa(home.mfa_token(), tess.code()).status == 200


def test_recovery_codes_have_a_budget_of_their_own(thief: AppClient, tess: Person, settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGIN_ADDRESS_LIMIT": (1000, 300)}
    guess(thief, tess)
    home = AppClient(login="tess")
    assert home.mfa(home.mfa_token(), tess.code()).refused == PAUSED
    assert home.mfa(home.mfa_token(), tess.recovery_codes[0]).status == 200

    for number in range(10):
        if number % 5 == 0:
            mfa_token = thief.mfa_token()
        assert thief.mfa(mfa_token, "aaaa-aaaa-aaaa-aaaa").refused == WRONG
    assert home.mfa(home.mfa_token(), tess.recovery_codes[1]).refused == PAUSED
    assert TOTPFactor.of(tess.user).recovery_codes_left() == 9  # type: ignore[union-attr]
    reasons = [one.reason for one in SecurityEvent.objects.filter(kind="second_factor_paused").order_by("pk")]
    assert [one.partition(":")[0] for one in reasons] == [
        "too many wrong codes",
        "too many wrong recovery codes",
    ]


def test_a_pause_costs_no_try_of_the_mfa_token(thief: AppClient, tess: Person, settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "MFA_TOKEN_LIFETIME": 9999, "SECOND_FACTOR_LIMIT": (4, 60)}
    mfa_token = thief.mfa_token()
    for _ in range(4):
        thief.mfa(mfa_token, tess.wrong_code())
    for _ in range(3):
        assert thief.mfa(mfa_token, tess.code()).retry_after == "60"
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_LIMIT": (5, 60)}

    assert thief.mfa(mfa_token, tess.code()).status == 200


def test_one_event_says_that_it_paused(thief: AppClient, tess: Person, clock: Any) -> None:
    guess(thief, tess)
    paused = SecurityEvent.objects.filter(kind=SecurityEvent.Kind.SECOND_FACTOR_PAUSED)
    assert not paused.exists()

    mfa_token = thief.mfa_token()
    for _ in range(3):
        thief.mfa(mfa_token, tess.wrong_code())

    event = paused.get()
    assert (event.user_ref, event.address) == (str(tess.user.pk), AWAY)
    clock.shift(3600)
    guess(thief, tess)
    thief.mfa(thief.mfa_token(), tess.code())
    assert paused.count() == 2


def test_the_password_door_stays_open_and_so_does_everybody_elses_factor(
    thief: AppClient, tess: Person
) -> None:
    theo = with_second_factor(username="theo")
    guess(thief, tess)
    thief.mfa(thief.mfa_token(), tess.code())

    home = AppClient(login="tess")
    assert home.sign_in().json["mfa_required"] is True
    assert home.mfa(home.mfa_token("theo"), theo.code()).status == 200


def test_a_right_code_costs_nothing_of_it(tess: Person, clock: Any) -> None:
    guess(AppClient(login="tess", address=AWAY), tess, times=9)
    for number in range(12):
        app = AppClient(login="tess", address=f"192.0.2.{number}")
        assert app.mfa(app.mfa_token(), tess.code()).status == 200
        clock.shift(30)

    app = AppClient(login="tess", address="203.0.113.9")
    mfa_token = app.mfa_token()
    assert app.mfa(mfa_token, tess.wrong_code()).refused == WRONG
    assert app.mfa(mfa_token, tess.code()).refused == PAUSED


def test_what_is_not_looked_at_costs_nothing_of_it(thief: AppClient, tess: Person, clock: Any) -> None:
    mfa_token = thief.mfa_token()
    clock.shift(300)
    for _ in range(15):
        assert thief.mfa(mfa_token, tess.wrong_code()).error == "invalid_mfa_token"

    guess(AppClient(login="tess"), tess)


def test_codes_have_one_budget_wherever_they_are_asked_for(
    thief: AppClient, tess: Person, clock: Any
) -> None:
    signed_in = AppClient(login="tess", address="192.0.2.9")
    bearer = signed_in.access_token(signed_in.mfa(signed_in.mfa_token(), tess.code()))
    guess(thief, tess, times=7)
    home = AppClient(login="tess")
    assert home.recovery_codes(bearer, tess.wrong_code()).refused == WRONG
    assert home.end_totp(bearer, tess.wrong_code()).refused == WRONG
    browser = Client()
    browser.post("/login", {"username": "tess", "password": PASSWORD})
    assert browser.post("/oauth/second-step", {"code": tess.wrong_code()}).status_code == 200

    clock.shift(30)
    assert browser.post("/oauth/second-step", {"code": tess.code()}).status_code == 429
    for answer in (home.recovery_codes(bearer, tess.code()), home.end_totp(bearer, tess.code())):
        assert answer.refused == PAUSED
    assert home.mfa(home.mfa_token(), tess.code()).refused == PAUSED


def test_a_new_factor_is_confirmed_within_the_budget_too(app: AppClient, person: Person) -> None:
    bearer = app.access_token()
    app.begin_totp(bearer)
    for _ in range(10):
        assert app.confirm_totp(bearer, "no code").refused == WRONG

    assert app.confirm_totp(bearer, "no code").refused == PAUSED


def test_the_budget_is_a_setting(thief: AppClient, tess: Person, settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_LIMIT": (2, 120)}
    guess(thief, tess, times=2)

    assert thief.mfa(thief.mfa_token(device={**PHONE, "name": "b"}), tess.code()).retry_after == "120"


@pytest.mark.redis
def test_emptying_redis_forgives_no_wrong_code(
    thief: AppClient, tess: Person, settings: Any, redis_url: str
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LIMITER_URL": redis_url}
    guess(thief, tess)

    with redis.Redis.from_url(redis_url) as store:
        assert store.keys("oauthcore:limit:*")
        store.flushdb()

    assert thief.mfa(thief.mfa_token(), tess.code()).refused == PAUSED
