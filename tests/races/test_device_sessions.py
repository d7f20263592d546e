"""The sessions of devices in many hands at once (wire §6)."""

from __future__ import annotations

import time
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from oauthcore.models import Grant, SecurityEvent, Token
from tests.support.factories import PASSWORD, device_session
from tests.support.oauth import is_live
from tests.support.races.devices import Device
from tests.support.races.end_state import events_of, rows_under
from tests.support.races.signing_in import UNLIMITED, from_anywhere, outcomes
from tests.support.sign_in.people import with_account

Kind = SecurityEvent.Kind
OK, REUSED, INVALID = (200, ""), (401, "refresh_token_reused"), (401, "invalid_refresh_token")


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | UNLIMITED


@pytest.fixture
def ada():
    return with_account(username="ada")


@pytest.mark.rfc("9700", "4.14.2")
@pytest.mark.parametrize(("threads", "rounds"), [(2, 10), (16, 10), (64, 2)])
def test_of_many_refreshes_with_one_token_one_wins_and_the_others_end_the_device(
    threads, rounds, ada, crowd_of
):
    crowd, other = crowd_of(threads), Device(ada)
    for _ in range(rounds):
        device = Device(ada)

        answers = crowd.all_at_once(device.refresh)

        assert outcomes(answers) == {OK: 1, REUSED: threads - 1}
        for one in answers:
            device.keep(one)
        assert device.is_over
        assert device.grant.revoked_reason == "refresh token replayed"
        assert events_of(device.grant) == [Kind.DEVICE_SIGNED_IN, Kind.REFRESH_TOKEN_REPLAYED]
        assert rows_under(device.grant) == [Token.Kind.ACCESS, Token.Kind.ACCESS, Token.Kind.REFRESH]
    assert is_live(other.access_tokens[0])
    assert other.refresh().status == 200


def test_within_the_grace_all_get_the_same_refresh_token_and_the_device_stays(ada, crowd, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": 60}
    device = Device(ada)
    for _ in range(5):
        answers = crowd.all_at_once(device.refresh)

        assert outcomes(answers) == {OK: crowd.size}
        assert len({one.json["refresh_token"] for one in answers}) == 1
        for one in answers:
            device.keep(one)
    assert all(map(is_live, device.access_tokens))


def test_a_race_on_one_device_beside_refreshes_of_others_ends_that_device_only(ada, crowd_of):
    crowd, raced, others = crowd_of(12), Device(ada), [Device(ada) for _ in range(6)]

    answers = crowd.at_once([*[raced.refresh] * 6, *(one.refresh for one in others)])

    assert outcomes(answers[:6]) == {OK: 1, REUSED: 5}
    assert outcomes(answers[6:]) == {OK: 6}
    assert raced.is_over


def sign_out(device: Device) -> Any:
    return from_anywhere().sign_out(device.refresh_token)


def sign_out_by_access_token(device: Device) -> Any:
    return from_anywhere().sign_out(bearer=device.access_tokens[0])


@pytest.mark.parametrize("end", [sign_out, sign_out_by_access_token])
def test_who_has_signed_out_is_out_whatever_a_refresh_won_meanwhile(end, ada, crowd_of):
    crowd = crowd_of(2)
    for _ in range(8):
        device = Device(ada)

        ended, refreshed = crowd.at_once([partial(end, device), device.refresh])

        device.keep(refreshed)
        assert ended.status == 200
        assert refreshed.refused in (OK, INVALID)
        assert device.is_over
        assert events_of(device.grant) == [Kind.DEVICE_SIGNED_IN, Kind.REVOKED]


def test_ending_all_other_devices_ends_each_whatever_it_refreshes_meanwhile(ada, crowd_of):
    crowd = crowd_of(8)
    for _ in range(2):
        mine, *others = [Device(ada) for _ in range(7)]
        end = partial(from_anywhere().end_other_devices, mine.access_tokens[0])

        ended, again, *answers = crowd.at_once([end, end, *(one.refresh for one in others)])

        for one, answer in zip(others, answers, strict=True):
            one.keep(answer)
        assert ended.status == again.status == 204
        assert all(one.is_over for one in others)
        assert is_live(mine.access_tokens[0])


def test_two_devices_that_end_each_other_do_not_wait_for_each_other(ada, crowd_of):
    """One of them stays or none: whoever came second was signed out before, or after, but not stuck."""
    crowd = crowd_of(4)
    for _ in range(3):
        devices = [Device(ada) for _ in range(4)]

        answers = crowd.at_once(
            [partial(from_anywhere().end_other_devices, one.access_tokens[0]) for one in devices]
        )

        assert {one.status for one in answers} <= {204, 401}
        assert sum(not one.is_over for one in devices) <= 1


def test_a_new_password_ends_what_is_refreshed_at_the_same_time(ada, crowd_of):
    crowd = crowd_of(9)
    for turn in range(2):
        devices = [Device(ada) for _ in range(8)]

        def change() -> None:
            ada.user.set_password(uuid4().hex)
            ada.user.save()

        *answers, _ = crowd.at_once([*(one.refresh for one in devices), change])

        for one, answer in zip(devices, answers, strict=True):
            one.keep(answer)
        assert all(one.is_over for one in devices), turn
        ada.user.set_password(PASSWORD)
        ada.user.save()


@pytest.mark.parametrize("most", [3, 50])
def test_however_many_sign_in_at_once_no_more_devices_stay_than_may(most, ada, crowd_of, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DEVICES_PER_USER": most}
    crowd = crowd_of(2 if most == 50 else 16)
    device_session(ada.user, label="the oldest")
    for _ in range(most - 2):
        device_session(ada.user)
    time.sleep(0.002)

    answers = crowd.at_once([from_anywhere().sign_in for _ in range(crowd.size)])

    assert outcomes(answers) == {OK: crowd.size}
    live = Grant.objects.filter(user=ada.user, revoked_at=None)
    assert live.count() == most
    assert not live.filter(label="the oldest").exists()
    gave_way = Grant.objects.filter(revoked_reason="gave way to a newer device").count()
    assert gave_way == most - 1 + crowd.size - most
