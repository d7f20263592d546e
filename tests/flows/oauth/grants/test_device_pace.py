"""How often a device may ask: one that asks too soon is told so, and loses nothing (RFC 8628 §3.5)."""

from __future__ import annotations

import pytest

from oauthcore.models import DeviceAuthorization
from oauthcore.models.device_authorizations import SLOWEST
from tests.support.devices.television import Television, Viewer
from tests.support.lost_races import let_others_go_first
from tests.support.oauth import is_live

pytestmark = pytest.mark.django_db


@pytest.fixture
def television(clock) -> Television:
    """A television that has begun."""
    television = Television()
    television.begin()
    return television


@pytest.fixture
def viewer(clock) -> Viewer:
    return Viewer()


@pytest.mark.rfc("8628", "3.5")
def test_a_device_that_asks_too_soon_waits_five_seconds_longer_each_time(television, clock):
    assert television.error() == "authorization_pending"
    clock.shift(3)
    assert television.error() == "slow_down"
    clock.shift(2)
    assert television.error() == "authorization_pending"
    clock.shift(8)
    assert television.error() == "slow_down", "the interval is ten seconds now"
    clock.shift(2)
    assert television.error() == "authorization_pending"
    clock.shift(14)
    assert television.error() == "authorization_pending", "fifteen, and requests travel unequally fast"


def test_a_device_that_never_slows_down_is_not_made_to_wait_longer_and_longer(television):
    television.error()
    for _ in range(20):
        assert television.error() == "slow_down"

    assert DeviceAuthorization.objects.get().interval == SLOWEST


def test_a_device_that_asks_too_soon_after_the_approval_gets_its_tokens_a_little_later(
    television, viewer, clock
):
    television.error()
    viewer.approve(television.user_code)

    assert television.error() == "slow_down"
    clock.shift(10)
    assert television.poll().status_code == 200


def test_a_second_request_at_once_is_too_fast_and_ends_nothing(television, viewer):
    viewer.approve(television.user_code)
    tokens = television.poll().json()

    assert television.error() == "slow_down"
    assert is_live(tokens["access_token"])


def test_of_two_requests_the_second_is_told_to_slow_down(television, viewer, monkeypatch):
    viewer.approve(television.user_code)
    won = []
    let_others_go_first(monkeypatch, DeviceAuthorization, lambda: won.append(television.poll()))

    assert television.error() == "slow_down"
    assert is_live(won[0].json()["access_token"])
