"""``oauthcore_cleanup``: what goes, what stays because replays must be seen, and what it prints."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from oauthcore.models import (
    AnsweredPage,
    Application,
    AuthorizationCode,
    ClientSecret,
    Consent,
    Grant,
    ImportedHash,
    LimitWindow,
    SecurityEvent,
    Token,
    Usage,
    UsedIdentifier,
)
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.cleaning import clean_up
from tests.support.factories import UserFactory, bearer, open_grant, register, service_token
from tests.support.oauth import OAuthClient, is_live

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def approved(client, clock) -> OAuthClient:
    """Return an application that a person, who is logged in, can approve."""
    client.force_login(UserFactory())
    return OAuthClient(register(), client)


def test_an_access_token_goes_a_day_after_its_end(clock):
    bearer()
    clock.shift(HOUR + DAY)
    assert clean_up()["access tokens"] == 0

    clock.shift(HOUR)

    assert clean_up()["access tokens"] == 1
    assert not Token.objects.exists()


def test_a_token_that_is_live_stays_however_old_it_is(clock):
    application = register(access_tokens_expire=False).application
    for_ever, service = bearer(application=application), service_token(uuid4())
    clock.shift(900 * DAY)

    clean_up("--keep-days", "0")

    assert is_live(for_ever)
    assert Token.objects.filter(hint=service[-4:]).exists()


def test_a_token_that_was_revoked_alone_goes_and_the_standing_grant_stays(clock):
    application = OAuthClient(register())
    token = application.token(grant_type="client_credentials", scope="read").json()["access_token"]
    application.revoke(token)
    clock.shift(90 * DAY)

    assert clean_up()["access tokens"] == 1
    assert Grant.objects.get().standing_for == application.registered.application


def test_a_code_that_comes_back_after_a_cleanup_still_ends_its_grant(approved, clock):
    code = approved.code()
    refresh_token = approved.redeem(code).json()["refresh_token"]
    clock.shift(60 * DAY)

    clean_up("--keep-days", "0")

    assert approved.redeem(code).json()["error"] == "invalid_grant"
    assert approved.refresh(refresh_token).json()["error"] == "invalid_grant"


def test_a_refresh_token_that_comes_back_after_a_cleanup_still_ends_its_grant(approved, clock):
    spent = approved.tokens()["refresh_token"]
    latest = approved.refresh(spent).json()["refresh_token"]
    clock.shift(60 * DAY)

    clean_up("--keep-days", "0")

    assert approved.refresh(spent).json()["error"] == "invalid_grant"
    assert approved.refresh(latest).json()["error"] == "invalid_grant"


def test_a_grant_in_use_goes_on_after_a_cleanup(approved, clock):
    refresh_token = approved.tokens()["refresh_token"]
    clock.shift(89 * DAY)

    clean_up("--keep-days", "0")

    assert approved.refresh(refresh_token).status_code == 200


@pytest.mark.parametrize("days", [0, 30, 90])
def test_a_grant_that_ended_stays_for_the_days_that_are_given(approved, clock, days):
    approved.revoke(approved.tokens()["access_token"])
    clock.shift(days * DAY)
    assert clean_up("--keep-days", str(days))["ended grants"] == 0

    clock.shift(HOUR)

    assert clean_up("--keep-days", str(days))["ended grants"] == 1


def test_with_a_grant_goes_all_that_is_under_it(approved, clock):
    approved.tokens()
    Usage.objects.create(grant=Grant.objects.get(), day=date(2030, 6, 15), last_at=timezone.now())
    clock.shift((90 + 31) * DAY)

    clean_up()

    assert [model.objects.count() for model in (Grant, Token, AuthorizationCode, Usage)] == [0, 0, 0, 0]
    assert Consent.objects.count() == Application.objects.count() == 1


def test_a_grant_without_end_goes_once_nothing_is_left_of_it(approved, clock):
    Application.objects.update(grant_types=["authorization_code"])
    approved.tokens()
    clock.shift(29 * DAY)
    assert clean_up()["grants that nothing is left of"] == 0

    clock.shift(2 * DAY)

    assert clean_up()["grants that nothing is left of"] == 1
    assert not AuthorizationCode.objects.exists()


def test_a_code_that_can_be_redeemed_keeps_its_grant(approved):
    code = approved.code()

    clean_up("--keep-days", "0")

    assert approved.redeem(code).status_code == 200


def test_a_deleted_application_goes_with_everything(approved, clock):
    approved.tokens()
    approved.token(grant_type="client_credentials", scope="read")
    Application.objects.update(deleted_at=timezone.now())
    clock.shift(29 * DAY)
    assert clean_up()["deleted applications"] == 0

    clock.shift(2 * DAY)

    assert clean_up()["deleted applications"] == 1
    assert [model.objects.count() for model in (Grant, Token, ClientSecret, Consent)] == [0, 0, 0, 0]


def test_a_rotated_secret_goes_and_the_new_one_stays(clock):
    new = register().application.rotate_secret()
    clock.shift(31 * DAY)

    assert clean_up()["client secrets"] == 1
    assert ClientSecret.objects.get().hint == new[-4:]


def test_use_of_a_grant_that_is_gone_is_forgotten_and_of_others_kept():
    kept = open_grant()
    for grant_id in (kept.pk, kept.pk + 1):
        Usage.objects.create(grant_id=grant_id, day=date(2030, 6, 15), last_at=timezone.now())

    assert clean_up()["usage of removed grants"] == 1
    assert Usage.objects.get().grant_id == kept.pk


def test_the_hash_of_an_imported_key_goes_once_its_token_is_gone():
    service_token(None)
    kept = Token.objects.get()
    for key in (kept.pk, kept.pk + 1):
        ImportedHash.objects.create(token_id=key, encoded="pbkdf2_sha256$x")

    assert clean_up()["hashes of imported keys that are gone"] == 1
    assert ImportedHash.objects.get().token == kept


@pytest.mark.parametrize(
    ("model", "moment", "name", "kept"),
    [
        (AnsweredPage, {"digest": digest_of("a page")}, "answered pages", DAY),
        (LimitWindow, {"key": digest_of("a key"), "count": 1}, "limit windows", HOUR),
        (UsedIdentifier, {"digest": digest_of("a jti")}, "used identifiers", 10 * MINUTE),
    ],
)
def test_what_holds_for_a_while_goes_some_time_after_its_end(clock, model, moment, name, kept):
    end = "ends_at" if model is LimitWindow else "expires_at"
    model.objects.create(**moment, **{end: timezone.now()})
    clock.shift(kept)
    assert clean_up()[name] == 0

    clock.shift(1)

    assert clean_up()[name] == 1


@override_settings(OAUTHCORE={"SECURITY_EVENT_LIFETIME": 3 * 24 * 60 * 60})
def test_a_security_event_goes_after_the_time_that_the_site_keeps_them(clock):
    for days in (2, 4):
        SecurityEvent.objects.create(kind="revoked", at=timezone.now() - days * DAY)

    assert clean_up()["security events"] == 1
    assert SecurityEvent.objects.get().at == timezone.now() - 2 * DAY


@pytest.mark.parametrize("size", ["1", "3", "7", "500"])
def test_batches_of_any_size_remove_the_same(clock, size):
    for _ in range(7):
        bearer()
    clock.shift(2 * DAY)
    alive = bearer()

    assert clean_up("--batch-size", size)["access tokens"] == 7
    assert is_live(alive)


def test_a_second_run_finds_nothing_to_do(approved, clock):
    approved.revoke(approved.tokens()["access_token"])
    clock.shift(500 * DAY)

    assert sum(clean_up().values()) > 0
    assert sum(clean_up().values()) == 0


def test_it_can_be_silent():
    assert clean_up("--verbosity", "0") == {}


@pytest.mark.parametrize("arguments", [("--keep-days", "-1"), ("--batch-size", "0"), ("--keep-days", "x")])
def test_numbers_that_make_no_sense_are_refused(arguments):
    with pytest.raises(CommandError, match=f"argument {arguments[0]}: give a whole number"):
        call_command("oauthcore_cleanup", *arguments)
