"""``/v1/auth/devices``: where a person is signed in, listed and ended (wire §6)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from oauthcore.models import Device, Grant, SecurityEvent
from oauthcore.recording import usage
from tests.support.factories import bearer, device_session, register, service_token
from tests.support.oauth import OAuthClient, is_live
from tests.support.sign_in.client import AWAY, ODD_UUID, AppClient
from tests.support.sign_in.people import with_account
from tests.support.sign_in.phone import Phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(person):
    return Phone(person)


def listed(phone):
    return phone.app.devices(phone.access_token()).json["devices"]


def names(phone):
    return [one["name"] for one in listed(phone)]


class TestTheList:
    def test_says_of_each_what_is_known_and_which_one_asks(self, person, clock):
        uuid = uuid4()
        tablet = Phone(person, name="Tablet", platform="android", app_version="2.0", uuid=str(uuid))
        clock.shift(60)
        phone = Phone(person)

        answer = phone.app.devices(phone.access_token())

        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.json == {
            "devices": [
                {
                    "uuid": phone.uuid,
                    "name": "Ada's phone",
                    "platform": "ios",
                    "created_at": "2030-06-15T12:01:00Z",
                    "last_seen_at": "2030-06-15T12:01:00Z",
                    "last_address": "192.0.2.1",
                    "current": True,
                },
                {
                    "uuid": tablet.uuid,
                    "client_uuid": str(uuid),
                    "name": "Tablet",
                    "platform": "android",
                    "app_version": "2.0",
                    "created_at": "2030-06-15T12:00:00Z",
                    "last_seen_at": "2030-06-15T12:00:00Z",
                    "last_address": "192.0.2.1",
                    "current": False,
                },
            ]
        }

    def test_begins_with_what_was_seen_last_and_says_from_where(self, person, phone, clock):
        clock.shift(60)
        tablet = Phone(person, name="Tablet")
        assert names(tablet) == ["Tablet", "Ada's phone"]
        clock.shift(3600)
        phone.app.address = AWAY
        text = phone.access_token()
        usage.batch.flush()

        first, second = phone.app.devices(text).json["devices"]

        assert (first["name"], first["last_seen_at"]) == ("Ada's phone", "2030-06-15T13:01:00Z")
        assert (first["last_address"], second["last_address"]) == (AWAY, "192.0.2.1")

    def test_leaves_out_what_is_over_and_what_is_somebody_elses(self, person, phone, clock):
        device_session(with_account().user)
        device_session(person.user, revoked_at=timezone.now())
        device_session(person.user, password_mark=b"0" * 32)
        bearer(user=person.user)

        assert names(phone) == ["Ada's phone"]

    def test_takes_as_many_statements_for_fifty_as_for_one(self, person, phone, django_assert_num_queries):
        text = phone.access_token()
        for _ in range(49):
            device_session(person.user)

        with django_assert_num_queries(3):  # the token, its account, the devices
            assert len(phone.app.devices(text).json["devices"]) == 50


class TestEndingOne:
    def test_another_one_is_signed_out_at_once_and_this_one_stays(self, person, phone):
        tablet = Phone(person, name="Tablet")
        tablet.refresh()

        answer = phone.app.end_device(phone.access_token(), tablet.uuid)

        assert (answer.status, answer.body) == (204, b"")
        assert answer.headers["Cache-Control"] == "no-store"
        assert tablet.live_tokens() == [False]
        assert tablet.try_().refused == (401, "invalid_refresh_token")
        assert phone.is_signed_in
        event = SecurityEvent.objects.get(kind="revoked")
        assert (str(event.grant_uuid), event.user_ref) == (tablet.uuid, str(person.user.pk))

    def test_the_one_that_asks_can_be_ended_too(self, phone):
        text = phone.access_token()

        assert phone.app.end_device(text, phone.uuid).status == 204

        assert not is_live(text)
        assert phone.app.end_device(text, phone.uuid).refused == (401, "invalid_token")

    def test_one_that_had_ended_before_is_ended_still(self, person, phone):
        tablet = Phone(person)
        text = phone.access_token()

        assert [phone.app.end_device(text, tablet.uuid).status for _ in range(2)] == [204, 204]
        assert SecurityEvent.objects.filter(kind="revoked").count() == 1

    def test_what_is_not_ones_own_is_not_found_and_lives_on(self, person, phone):
        others = Phone(with_account())
        oauth_token = bearer(user=person.user)
        grant = Grant.objects.get(kind="application")
        bodies = set()
        strange = ("x", "%00", "1", f"{phone.uuid}x", "%F0%9F%93%B1", ODD_UUID)

        for uuid in (others.uuid, grant.uuid, uuid4(), *strange):
            refused = phone.app.end_device(phone.access_token(), uuid)
            assert refused.refused == (404, "not_found"), uuid
            bodies.add(refused.body)

        assert len(bodies) == 1
        assert others.is_signed_in
        assert is_live(oauth_token)


def test_all_others_are_ended_together_and_the_one_that_asks_stays(person, phone):
    tablets = [Phone(person, name=f"Tablet {number}") for number in range(3)]
    others = Phone(with_account())

    answer = phone.app.end_other_devices(phone.access_token())

    assert (answer.status, answer.body) == (204, b"")
    assert [one.is_signed_in for one in tablets] == [False] * 3
    assert phone.live_tokens() == [True]
    assert names(phone) == ["Ada's phone"]
    assert others.is_signed_in
    assert phone.app.end_other_devices(phone.access_token()).status == 204


class TestTheLimit:
    """50 devices per user; the oldest gives way."""

    def test_the_oldest_gives_way_to_the_51st(self, person, phone, clock):
        for _ in range(49):
            clock.shift(1)
            device_session(person.user)
        phone.refresh()
        clock.shift(1)

        tablet = Phone(person, name="Tablet")

        assert phone.live_tokens() == [False]
        assert phone.try_().refused == (401, "invalid_refresh_token")
        assert len(listed(tablet)) == 50
        assert phone.grant.revoked_reason == "gave way to a newer device"
        assert SecurityEvent.objects.filter(kind="revoked").count() == 1

    def test_devices_that_are_over_take_no_place_and_strangers_give_none_up(
        self, person, phone, clock, settings
    ):
        settings.OAUTHCORE = settings.OAUTHCORE | {"DEVICES_PER_USER": 2}
        others = Phone(with_account())
        device_session(person.user, revoked_at=timezone.now())
        idle = device_session(person.user)
        clock.shift(timedelta(days=89))
        phone.refresh()
        clock.shift(timedelta(days=1))

        tablet = Phone(person)

        assert phone.is_signed_in
        assert tablet.is_signed_in
        assert Grant.objects.get(pk=idle.pk).revoked_at is None
        assert others.grant.revoked_at is None

    def test_where_it_was_lowered_all_that_are_too_many_go(self, person, clock, settings):
        for _ in range(4):
            clock.shift(1)
            device_session(person.user)
        settings.OAUTHCORE = settings.OAUTHCORE | {"DEVICES_PER_USER": 1}

        assert names(Phone(person)) == ["Ada's phone"]

    def test_a_sign_in_never_ends_its_own_session(self, person, clock, settings):
        """Another node's clock may be ahead, and a sign-in that waited for a lock looks older than it is."""
        clock.shift(60)
        device_session(person.user)
        clock.shift(-60)
        settings.OAUTHCORE = settings.OAUTHCORE | {"DEVICES_PER_USER": 1}

        assert Phone(person).is_signed_in


def test_only_a_token_that_signing_in_gave_may_ask_or_end(person, phone):
    own = OAuthClient(register()).token(grant_type="client_credentials").json()["access_token"]
    texts = [bearer(user=person.user, account_uuid=person.account.pk), own, service_token(person.account.pk)]

    for act in (
        phone.app.devices,
        phone.app.end_other_devices,
        lambda text: phone.app.end_device(text, phone.uuid),
    ):
        for text in texts:
            refused = act(text)
            assert refused.refused == (403, "insufficient_scope")
            assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]
            assert refused.json["error_description"].startswith("Send the access token of a device session")
        assert act(None).refused == (401, "not_authenticated")
        assert act(phone.refresh_token).refused == (401, "invalid_token")

    assert phone.is_signed_in
    assert all(map(is_live, texts))


def test_each_route_has_its_methods_and_no_other(phone):
    text = phone.access_token()
    for path, method, allow in (
        ("devices", "POST", "GET, HEAD, DELETE, OPTIONS"),
        (f"devices/{phone.uuid}", "GET", "DELETE, OPTIONS"),
    ):
        refused = phone.app.call(method, path, bearer=text)
        assert (*refused.refused, refused.headers["Allow"]) == (405, "method_not_allowed", allow)
        preflight = AppClient().call("OPTIONS", path, origin="https://evil.example")
        assert (preflight.status, preflight.headers["Allow"]) == (204, allow)
        assert not [name for name in preflight.headers if name.startswith("Access-Control")]
    assert phone.app.call("HEAD", "devices", bearer=text).status == 200
    assert phone.app.call("GET", "devices/", bearer=text).status == 404

    assert Device.objects.count() == 1
    assert phone.is_signed_in
