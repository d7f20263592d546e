"""``revoke_leaked`` and device codes: what one led to ends, and a device that waits gets nothing."""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import DeviceAuthorization, SecurityEvent
from tests.support.devices.television import Television, Viewer
from tests.support.oauth import is_live

pytestmark = pytest.mark.django_db


def outcomes(found: list[dict[str, Any]]) -> list[str]:
    return [one["outcome"] for one in found]


def events() -> int:
    return SecurityEvent.objects.filter(kind=SecurityEvent.Kind.REVOKED).count()


def test_a_device_code_ends_what_it_led_to(told):
    television = Television()
    television.begin()
    Viewer().approve(television.user_code)
    token = television.poll().json()["access_token"]

    assert outcomes(told(television.codes["device_code"], dry=True)) == ["would_end"]
    assert is_live(token)
    assert outcomes(told(television.codes["device_code"])) == ["ended"]
    assert not is_live(token)


def test_a_device_that_waits_is_told_that_the_person_said_no(told):
    television, gone = Television(), Television()
    television.begin()
    gone.begin()
    DeviceAuthorization.objects.last().delete()
    leaked = television.codes["device_code"]

    assert outcomes(told(leaked, gone.codes["device_code"], dry=True)) == ["would_end", "unknown"]
    assert outcomes(told(leaked)) == ["ended"]
    assert television.error() == "access_denied"
    assert outcomes(told(leaked)) == ["over"]
    assert events() == 1


def test_a_device_that_is_answered_meanwhile_is_not_ended_twice(told, monkeypatch):
    television = Television()
    television.begin()
    monkeypatch.setattr(DeviceAuthorization, "deny", lambda self, now: False)

    assert outcomes(told(television.codes["device_code"])) == ["over"]
    assert events() == 0
