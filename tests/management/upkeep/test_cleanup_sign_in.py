"""``oauthcore_cleanup``: what signing in leaves behind goes once it can no longer matter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from oauthcore.flows.passwords.password_tries import known_address
from oauthcore.flows.second_factor.challenges import ask_for_second_factor
from oauthcore.flows.sign_in.device_sessions import open_session
from oauthcore.models import (
    Device,
    Grant,
    KnownAddress,
    MFAChallenge,
    RecoveryCode,
    SecurityEvent,
    SecurityNotice,
    Token,
    TOTPFactor,
    Usage,
)
from oauthcore.recording import events
from oauthcore.rules.sign_in.devices import DeviceDescriptor
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.cleaning import clean_up
from tests.support.factories import UserFactory
from tests.support.notices import sent

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SESSIONS = "forgotten device sessions"


@pytest.fixture
def ada(clock: Any) -> Any:
    return UserFactory(username="ada")


def signed_in(user: Any) -> str:
    return open_session(user, DeviceDescriptor("Phone", "ios")).refresh_token.reveal()


def refresh(client: Any, refresh_token: str) -> Any:
    body = {"refresh_token": refresh_token, "account_uuid": "no uuid"}
    return client.post("/v1/auth/token", body, content_type="application/json")


def test_a_device_session_that_nobody_came_back_to_goes_with_all_that_is_under_it(ada, clock):
    signed_in(ada)
    Usage.objects.create(grant=Grant.objects.get(), day=timezone.now().date(), last_at=timezone.now())
    clock.shift((90 + 30) * DAY)
    assert clean_up()[SESSIONS] == 0

    clock.shift(1)

    assert clean_up()[SESSIONS] == 1
    assert [model.objects.count() for model in (Grant, Token, Device, Usage)] == [0, 0, 0, 0]


def test_a_device_session_that_is_refreshed_stays_as_long_as_it_may_live(ada, client, clock):
    text = signed_in(ada)
    for _ in range(4):
        clock.shift(89 * DAY)
        Token.objects.update(turned_at=timezone.now())  # as a refresh does
        assert clean_up("--keep-days", "0")[SESSIONS] == 0

    # The account is what is wrong with this request: the token still stands.
    assert refresh(client, text).status_code == 400


def test_a_device_session_that_ended_stays_for_the_days_that_are_given(ada, clock):
    signed_in(ada)
    Grant.objects.update(revoked_at=timezone.now())
    clock.shift(31 * DAY)

    found = clean_up()

    assert (found["tokens of ended grants"], found["ended grants"]) == (1, 1)
    assert not Device.objects.exists()


@pytest.mark.parametrize("size", ["1", "2", "500"])
def test_forgotten_sessions_go_in_batches_of_any_size(ada, clock, size):
    for _ in range(5):
        signed_in(ada)
    clock.shift(121 * DAY)
    signed_in(ada)

    assert clean_up("--batch-size", size)[SESSIONS] == 5
    assert Grant.objects.count() == Token.objects.count() == Device.objects.count() == 1


def enrol(user: Any, *, is_on: bool) -> None:
    TOTPFactor.prepare(user, now=timezone.now())
    factor = TOTPFactor.objects.get(user=user)
    if is_on:
        factor.confirm(1, now=timezone.now())
        factor.replace_recovery_codes([HiddenText("abcdefghijkmnpqr")])


def test_a_challenge_goes_a_day_after_its_end(ada, clock):
    enrol(ada, is_on=True)
    ask_for_second_factor(ada, MFAChallenge.Channel.APP)
    clock.shift(DAY + timedelta(minutes=5))
    assert clean_up()["second-factor challenges"] == 0

    clock.shift(1)

    assert clean_up()["second-factor challenges"] == 1
    assert not MFAChallenge.objects.exists()


def test_a_factor_that_was_never_confirmed_goes_after_a_day_and_one_that_is_on_stays(ada, clock):
    enrol(ada, is_on=True)
    enrol(UserFactory(), is_on=False)
    clock.shift(DAY)
    assert clean_up()["second factors never confirmed"] == 0

    clock.shift(1)

    assert clean_up()["second factors never confirmed"] == 1
    clock.shift(5000 * DAY)
    clean_up("--keep-days", "0")
    assert TOTPFactor.objects.get().user == ada
    assert RecoveryCode.objects.count() == 1


def test_a_known_address_is_forgotten_when_the_site_says_and_counts_for_nothing_from_then_on(ada, clock):
    known_address(ada, now=timezone.now()).remember()
    digest = KnownAddress.objects.get().digest
    clock.shift(365 * DAY - timedelta(seconds=1))
    assert KnownAddress.is_known(digest)
    assert clean_up()["known addresses"] == 0

    clock.shift(2)

    assert not KnownAddress.is_known(digest)
    assert clean_up()["known addresses"] == 1
    assert not KnownAddress.objects.exists()


def test_a_notice_goes_once_nobody_could_be_told_twice(ada, clock):
    events.record(SecurityEvent.Kind.DEVICE_SIGNED_IN, user=ada, reason="Phone")
    sent()
    clock.shift(4 * DAY)
    assert clean_up()["notices"] == 0

    clock.shift(1)

    assert clean_up()["notices"] == 1
    assert not SecurityNotice.objects.exists()
    assert SecurityEvent.objects.count() == 1
    assert sent() == []
