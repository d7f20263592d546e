"""``oauthcore_cleanup`` and devices: what was never used goes soon, what was used goes with its grant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from oauthcore.models import DeviceAuthorization, Grant
from tests.support.cleaning import clean_up
from tests.support.devices.television import GRANT_TYPE, Television, Viewer, register_television
from tests.support.oauth import OAuthClient

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def television(clock) -> Television:
    television = Television()
    television.begin()
    return television


def test_a_code_that_was_never_used_goes_a_day_after_it_expired(television, clock):
    clock.shift(10 * MINUTE + DAY)
    assert clean_up()["device codes that were never used"] == 0
    clock.shift(MINUTE)

    assert clean_up()["device codes that were never used"] == 1
    assert not DeviceAuthorization.objects.exists()


def test_an_approval_that_the_device_never_fetched_goes_too(clock):
    television = Television(register_television(grant_types=[GRANT_TYPE]))
    television.begin()
    Viewer().approve(television.user_code)
    clean_up("--keep-days", "0")
    assert Grant.objects.count() == 1, "the device may still ask"
    clock.shift(2 * DAY)

    clean_up("--keep-days", "0")

    assert not DeviceAuthorization.objects.exists()
    assert not Grant.objects.exists()


def test_a_used_code_stays_until_its_grant_has_ended_for_a_replay_to_be_seen(television, clock):
    Viewer().approve(television.user_code)
    token = television.poll().json()["access_token"]
    clock.shift(50 * DAY)
    clean_up()
    assert DeviceAuthorization.objects.count() == 1
    assert television.error() == "invalid_grant"
    assert Grant.objects.get().revoked_reason == "device code replayed"
    OAuthClient(television.registered).revoke(token)
    clock.shift(100 * DAY)

    assert clean_up()["device codes of ended grants"] == 1
    assert not Grant.objects.exists()


def test_deleting_the_application_or_the_person_takes_them_along(television, clock):
    viewer = Viewer()
    viewer.approve(television.user_code)
    viewer.user.delete()
    assert not DeviceAuthorization.objects.exists()

    television.begin()
    television.registered.application.delete()
    assert not DeviceAuthorization.objects.exists()
