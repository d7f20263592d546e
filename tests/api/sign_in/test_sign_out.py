"""``POST /v1/auth/sign_out``: with a refresh token or an access token the session ends (wire §6)."""

from __future__ import annotations

import pytest

from oauthcore import conf
from oauthcore.models import Grant, SecurityEvent
from oauthcore.rules.tokens.secrets import SecretKind
from tests.support.factories import bearer, register, service_token
from tests.support.oauth import OAuthClient, is_live, with_person
from tests.support.sign_in.client import PHONE, AppClient
from tests.support.sign_in.phone import Phone

pytestmark = pytest.mark.django_db


@pytest.fixture
def tablet(person):
    tablet = Phone(person, name="Tablet")
    tablet.refresh()
    return tablet


def assert_signed_out(phone):
    assert not any(phone.live_tokens())
    assert phone.try_().refused == (401, "invalid_refresh_token")


@pytest.mark.parametrize("is_spent", [False, True])
def test_a_refresh_token_ends_its_session_the_newest_or_an_older_one(is_spent, phone, tablet):
    shown = phone.refresh_token
    if is_spent:
        phone.refresh()

    answer = phone.app.sign_out(shown)

    assert (answer.status, answer.json) == (200, {})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert_signed_out(phone)
    assert tablet.live_tokens() == [True]
    assert tablet.is_signed_in
    event = SecurityEvent.objects.get(kind="revoked")
    assert (str(event.grant_uuid), event.reason) == (phone.uuid, "signed out")
    assert not SecurityEvent.objects.filter(kind="refresh_token_replayed").exists()


def test_an_access_token_ends_its_session(phone, tablet):
    answer = phone.app.sign_out(bearer=phone.access_tokens[0])

    assert (answer.status, answer.json) == (200, {})
    assert_signed_out(phone)
    assert tablet.is_signed_in
    assert phone.app.sign_out(bearer=phone.access_tokens[0]).refused == (401, "invalid_token")


def test_a_refresh_token_goes_before_an_access_token_which_may_be_over(phone, tablet):
    assert phone.app.sign_out(phone.refresh_token, bearer=tablet.access_tokens[0]).status == 200
    assert_signed_out(phone)
    assert tablet.is_signed_in
    assert tablet.app.sign_out(tablet.refresh_token, bearer=phone.access_tokens[0]).status == 200
    assert_signed_out(tablet)


def test_signing_out_again_is_no_mistake_and_told_once(phone):
    for _ in range(3):
        assert phone.app.sign_out(phone.refresh_token).status == 200

    assert SecurityEvent.objects.filter(kind="revoked").count() == 1


def test_what_is_nobodys_refresh_token_is_as_good_as_signed_out_and_ends_nothing(person, phone):
    oauth = with_person(user=person.user)
    tokens, form = oauth.tokens(), conf.settings().secret_format
    others = [tokens["refresh_token"], tokens["access_token"], phone.access_tokens[0], oauth.code()]
    unknown = [form.make(kind).reveal() for kind in SecretKind]

    for text in (*others, *unknown, "x", phone.refresh_token[:-1], f" {phone.refresh_token}", "x" * 1000):
        answer = phone.app.sign_out(text)
        assert (answer.status, answer.json) == (200, {}), text

    assert not Grant.objects.filter(revoked_at__isnull=False).exists()
    assert oauth.refresh(tokens["refresh_token"]).status_code == 200
    assert phone.is_signed_in


def test_with_neither_there_is_nothing_to_end(phone):
    refused = phone.app.sign_out()

    assert refused.refused == (401, "not_authenticated")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "error=" not in refused.headers["WWW-Authenticate"]
    assert AppClient().call("POST", "sign_out", {"refresh_token": ""}).refused == (401, "not_authenticated")
    assert phone.is_signed_in


def test_a_token_of_another_kind_signs_nobody_out(person, phone):
    own = OAuthClient(register()).token(grant_type="client_credentials").json()["access_token"]
    for text in (bearer(user=person.user), own, service_token(person.account.pk)):
        refused = phone.app.sign_out(bearer=text)
        assert refused.refused == (403, "insufficient_scope")
        assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]
        assert is_live(text)

    assert phone.is_signed_in


def test_what_is_ill_formed_ends_nothing(phone):
    good = f'"refresh_token": "{phone.refresh_token}"'
    for body in ("[]", "null", '"x"', "{", f"{{{good}, {good}}}", '{"refresh_token": 5}', f"{{{good}}} x"):
        assert phone.app.call("POST", "sign_out", body).refused == (400, "invalid_request"), body
    form = phone.app.call(
        "POST",
        "sign_out",
        f"refresh_token={phone.refresh_token}",
        content_type="application/x-www-form-urlencoded",
    )
    assert form.refused == (415, "unsupported_media_type")
    assert phone.app.call("GET", "sign_out").headers["Allow"] == "POST, OPTIONS"

    assert phone.is_signed_in


def test_the_log_of_a_later_refusal_says_who_ended_it(phone, caplog):
    phone.app.sign_out(phone.refresh_token)
    caplog.clear()

    phone.app.me(phone.access_tokens[0])

    assert "the grant has ended: signed out" in caplog.text


def test_a_device_signs_in_anew_after_it_has_signed_out(phone):
    phone.app.sign_out(phone.refresh_token)

    again = phone.app.sign_in(device=PHONE)

    assert again.json["device"]["uuid"] != phone.uuid
    assert phone.app.token(again.json["refresh_token"], phone.person.account.pk).status == 200
