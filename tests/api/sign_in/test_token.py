"""``POST /v1/auth/token``: a device's refresh token becomes an access token to one account (wire §6)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from oauthcore import conf
from oauthcore.models import Token
from oauthcore.rules.tokens.secrets import SecretKind
from reference_site.accounts.models import Account, Membership
from tests.support.oauth import is_live, me
from tests.support.reference_site.factories import MembershipFactory
from tests.support.sign_in.client import ODD_UUID
from tests.support.sign_in.people import with_account
from tests.support.sign_in.phone import Phone, moment

pytestmark = pytest.mark.django_db

INVALID = (401, "invalid_refresh_token")


@pytest.fixture
def phone(person):
    return Phone(person)


def second_account(person, **values):
    return MembershipFactory(user=person.user, **values).account


def test_it_gives_a_15_minute_access_token_and_the_next_refresh_token(person, phone):
    answer = phone.try_()

    assert answer.status == 200
    assert answer.json == {
        "access_token": answer.json["access_token"],
        "token_type": "Bearer",
        "expires_in": 900,
        "refresh_token": answer.json["refresh_token"],
        "refresh_token_expires_at": "2030-09-13T12:00:00Z",
        "account": {"uuid": str(person.account.pk), "name": person.account.name, "role": "owner"},
    }
    assert answer.json["refresh_token"] != phone.refresh_token
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    assert answer.headers["Request-Id"]
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_access_token_is_the_persons_on_that_account_for_15_minutes(person, phone, clock):
    text = phone.access_token()

    said = me(text).json()
    assert (said["kind"], said["account"]["uuid"]) == ("user_token", str(person.account.pk))
    assert (said["user"]["username"], said["application"]) == ("ada", None)
    assert moment(said["expires_at"]) == timezone.now() + timedelta(seconds=900)
    clock.shift(timedelta(seconds=900) - timedelta(microseconds=1))
    assert is_live(text)
    clock.shift(timedelta(microseconds=1))
    assert not is_live(text)


def test_every_refresh_gives_new_tokens_in_one_row_and_earlier_access_tokens_live_on(phone):
    given = [phone.refresh_token]
    for _ in range(4):
        phone.refresh()
        given.append(phone.refresh_token)

    assert len(set(given)) == 5
    assert len(set(phone.access_tokens)) == 4
    assert phone.live_tokens() == [True] * 4, "they live out their own short time"
    assert Token.objects.filter(kind=Token.Kind.REFRESH).count() == 1


def test_a_device_may_hold_a_token_for_each_account(person, phone):
    other = second_account(person, role="viewer")

    here, there = phone.access_token(), phone.access_token(other)

    assert me(here).json()["account"]["uuid"] == str(person.account.pk)
    assert me(there).json()["account"]["uuid"] == str(other.pk)


class TestWhatSpendsNothing:
    """The refresh token can be shown again after any of these."""

    @pytest.mark.parametrize("why", ["somebody else's", "nobody's", "odd", "suspended", "left"])
    def test_an_account_the_person_cannot_work_on_is_refused_alike(self, why, person, phone):
        account = with_account().account if why == "somebody else's" else second_account(person)
        if why == "suspended":
            Account.objects.filter(pk=account.pk).update(suspended_at=timezone.now())
        elif why == "left":
            Membership.objects.filter(account=account).delete()

        others = {"nobody's": uuid4(), "odd": ODD_UUID}
        refused = phone.app.token(phone.refresh_token, others.get(why, account.pk))

        assert refused.refused == (403, "account_not_allowed")
        assert refused.json["error_description"].startswith("You cannot work on this account.")
        assert "WWW-Authenticate" not in refused.headers
        assert phone.is_signed_in

    def test_an_account_that_is_missing_or_malformed(self, person, phone):
        uuid = str(person.account.pk)
        said = {}
        for sent in (None, "", "x", uuid[:-1], "x" * 101, 5, True, [uuid], {"uuid": uuid}):
            refused = phone.app.token(phone.refresh_token, sent)
            assert refused.refused == (400, "invalid_request"), sent
            assert refused.json["error_details"].keys() == {"account_uuid"}
            said[str(sent)[:4]] = refused.json["error_details"]["account_uuid"]

        assert said["None"] == "This is required."
        assert said["5"] == "This must be a string."
        assert said["x"] == "This must be a UUID."
        assert phone.is_signed_in

    def test_a_request_that_is_no_json_object_or_lacks_the_token(self, phone):
        app, sent = phone.app, {"refresh_token": phone.refresh_token}
        for body in (
            b"",
            b"[]",
            b"null",
            b"{}",
            b'{"refresh_token": 5}',
            b'{"refresh_token": "\\u0000"}',
            b"{",
        ):
            assert app.call("POST", "token", body).refused == (400, "invalid_request"), body
        for content_type in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data"):
            refused = app.call("POST", "token", sent, content_type=content_type)
            assert refused.refused == (415, "unsupported_media_type")
        for method in ("GET", "PUT", "DELETE"):
            refused = app.call(method, "token", sent)
            assert (*refused.refused, refused.headers["Allow"]) == (
                405,
                "method_not_allowed",
                "POST, OPTIONS",
            )

        assert phone.is_signed_in


def test_what_is_no_live_refresh_token_is_invalid_and_ends_nothing(person, phone):
    text, form = phone.refresh_token, conf.settings().secret_format
    for sent in (
        "x",
        text[:-1],
        text.upper(),
        f" {text}",
        f"{text} ",
        form.make(SecretKind.REFRESH).reveal(),
    ):
        refused = phone.try_(sent)
        assert refused.refused == INVALID, sent
        assert refused.headers["WWW-Authenticate"].startswith("Bearer realm=")
        assert "error=" not in refused.headers["WWW-Authenticate"], "no access token was wrong"

    assert phone.is_signed_in
