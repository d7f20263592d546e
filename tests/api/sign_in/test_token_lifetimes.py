"""How long a device session lives: 90 days after its last refresh, 365 at most (wire §6).

Both are asked at use, and nobody cleans up here but where it is said.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.support.clock import NOON
from tests.support.oauth import is_live
from tests.support.sign_in.phone import Phone, moment

pytestmark = pytest.mark.django_db

DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
INVALID = (401, "invalid_refresh_token")


@pytest.fixture
def phone(person):
    return Phone(person)


@pytest.mark.parametrize("is_cleaned_up", [False, True])
@pytest.mark.parametrize("refreshes", [0, 1])
def test_it_lives_for_90_days_after_the_last_refresh_or_the_sign_in(refreshes, is_cleaned_up, phone, clock):
    for _ in range(refreshes):
        clock.shift(30 * DAY)
        phone.refresh()
    clock.shift(90 * DAY - INSTANT)
    if is_cleaned_up:
        call_command("oauthcore_cleanup", verbosity=0)

    assert phone.is_signed_in


@pytest.mark.parametrize("refreshes", [0, 1])
def test_at_90_days_it_is_over(refreshes, phone, clock):
    for _ in range(refreshes):
        clock.shift(30 * DAY)
        phone.refresh()
    clock.shift(90 * DAY)

    assert phone.try_().refused == INVALID
    assert phone.grant.revoked_at is None, "nobody ended it: it is asked at use"
    assert phone.try_().refused == INVALID


def test_no_refresh_prolongs_it_over_365_days(phone, clock):
    for _ in range(5):
        clock.shift(72 * DAY)
        phone.refresh()
    clock.move_to(NOON + 365 * DAY - INSTANT)
    last = phone.access_token()
    assert is_live(last)

    clock.shift(INSTANT)

    assert not is_live(last), "an access token never outlives its session"
    assert phone.try_().refused == INVALID


def test_a_spent_token_of_a_session_that_is_over_is_a_replay_still(phone, clock):
    spent = phone.refresh_token
    phone.refresh()
    clock.shift(400 * DAY)

    assert phone.try_(spent).refused == (401, "refresh_token_reused")


def test_refresh_token_expires_at_tells_when_it_ends_unless_it_is_used(phone, clock):
    told = [moment(phone.signed_in["refresh_token_expires_at"])]
    for _ in range(5):
        clock.shift(72 * DAY)
        told.append(moment(phone.refresh().json["refresh_token_expires_at"]))

    assert told == [NOON + days * DAY for days in (90, 72 + 90, 144 + 90, 216 + 90, 365, 365)]
    clock.move_to(told[-1] - INSTANT)
    assert phone.refresh().status == 200
    clock.move_to(told[-1])
    assert phone.try_().refused == INVALID


def test_the_list_of_devices_sees_the_same_end(phone, clock):
    tablet = Phone(phone.person, name="Tablet")
    clock.shift(89 * DAY)
    bearer = tablet.access_token()
    listed = [one["name"] for one in phone.app.devices(bearer).json["devices"]]
    assert sorted(listed) == ["Ada's phone", "Tablet"]

    clock.shift(DAY)
    bearer = tablet.access_token()

    assert [one["name"] for one in phone.app.devices(bearer).json["devices"]] == ["Tablet"]


def test_the_lifetimes_are_the_sites(phone, clock, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {
        "DEVICE_ACCESS_TOKEN_LIFETIME": 60,
        "DEVICE_SESSION_IDLE_LIFETIME": 3600,
        "DEVICE_SESSION_LIFETIME": 4000,
    }
    tablet = Phone(phone.person)

    answer = tablet.refresh().json
    assert answer["expires_in"] == 60
    assert moment(answer["refresh_token_expires_at"]) == NOON + timedelta(seconds=3600)
    clock.shift(3599)
    answer = tablet.refresh().json
    assert moment(answer["refresh_token_expires_at"]) == NOON + timedelta(seconds=4000)
    clock.shift(400)
    assert tablet.refresh().json["expires_in"] == 1, "never longer than the session itself"
    assert phone.try_().refused == INVALID, "the idle end is worked out anew at each use"


def test_a_clock_that_is_set_back_shortens_no_answer_to_a_negative_time(phone, clock):
    phone.refresh()
    clock.shift(-120)

    answer = phone.refresh()

    assert answer.json["expires_in"] == 900
    assert moment(answer.json["refresh_token_expires_at"]) == timezone.now() + 90 * DAY
