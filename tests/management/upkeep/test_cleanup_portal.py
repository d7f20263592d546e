"""``oauthcore_cleanup``: what developers look up goes with age, and so do applications nobody ever used."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oauthcore.models import Application, Consent, Grant, LegacyUse, Refusal
from oauthcore.recording import last_uses, legacy_use
from tests.support.cleaning import clean_up
from tests.support.clock import NOON
from tests.support.factories import UserFactory, bearer, register
from tests.support.oauth import OAuthClient, with_person
from tests.support.statements import plain

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_legacy_use_goes_after_twice_the_time_that_a_dry_run_looks_back(clock):
    legacy_use.note(register(profile="oauth2.0").application, LegacyUse.Habit.NO_PKCE, example="")
    legacy_use.batch.flush()
    clock.shift(60 * DAY)
    assert clean_up()["legacy use"] == 0

    clock.shift(1)

    assert clean_up()["legacy use"] == 1
    assert not LegacyUse.objects.exists()


def test_a_refusal_goes_after_the_time_that_the_site_keeps_them(clock, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "REFUSAL_LIFETIME": 2 * 86400}
    Refusal.objects.create(
        application_ref="c1", request_id="a" * 32, error="invalid_grant", reason="a reason"
    )
    clock.shift(2 * DAY)
    assert clean_up()["refusals"] == 0

    clock.shift(1)

    assert clean_up()["refusals"] == 1


def register_itself() -> OAuthClient:
    return OAuthClient(register(is_self_registered=True, created_at=NOON, access_tokens_expire=False))


def test_an_application_that_registered_itself_goes_when_nobody_has_used_it(clock):
    register_itself()
    clock.shift(30 * DAY)
    assert clean_up()["unused applications"] == 0

    clock.shift(1)

    assert clean_up()["unused applications"] == 1
    assert not Application.objects.exists()


def approve(oauth: OAuthClient) -> None:
    Consent.objects.create(application=oauth.registered.application, user=UserFactory(), scopes=["read"])


def get_token(oauth: OAuthClient) -> None:
    bearer(application=oauth.registered.application)


def act_for_itself(oauth: OAuthClient) -> None:
    assert oauth.token(grant_type="client_credentials").status_code == 200


def use_secret(oauth: OAuthClient) -> None:
    oauth.registered.application.client_secrets.update(last_used_at=timezone.now())


@pytest.mark.parametrize("use", [approve, get_token])
def test_one_that_somebody_has_approved_stays(use, clock):
    oauth = register_itself()
    use(oauth)
    clock.shift(31 * DAY)

    assert clean_up()["unused applications"] == 0
    assert Application.objects.filter(pk=oauth.registered.application.pk).exists()


@pytest.mark.parametrize("is_noted", [True, False], ids=["", "approved before approvals were remembered"])
def test_one_that_was_ever_approved_stays_when_nothing_is_left_of_it(is_noted, clock):
    oauth = with_person(register_itself().registered)
    oauth.code()
    application = oauth.registered.application
    if not is_noted:
        Application.objects.update(first_approved_at=None)
    clock.shift(31 * DAY)
    clean_up()
    clock.shift(400 * DAY)
    get_user_model().objects.all().delete()
    clean_up()
    assert not Grant.objects.exists()
    assert not Consent.objects.exists()

    assert clean_up()["unused applications"] == 0
    assert Application.objects.filter(pk=application.pk).exists()


def test_an_approval_is_remembered_once_and_costs_its_statement_only_then(clock):
    oauth = with_person(register_itself().registered)
    application = oauth.registered.application
    oauth.code()
    with CaptureQueriesContext(connection) as later:
        oauth.code()

    application.refresh_from_db()
    assert application.first_approved_at == NOON
    assert not [one for one in later if plain(one["sql"]).startswith("UPDATE oauthcore_application")]


def test_of_one_that_a_developer_registered_nothing_is_remembered():
    oauth = with_person(register())
    with CaptureQueriesContext(connection) as first:
        oauth.code()

    assert not [one for one in first if plain(one["sql"]).startswith("UPDATE oauthcore_application")]


@pytest.mark.parametrize("use", [act_for_itself, use_secret])
def test_one_that_acts_for_itself_stays_for_as_long_as_it_does(use, clock):
    oauth = register_itself()
    clock.shift(20 * DAY)
    use(oauth)
    last_uses.secrets.flush()
    clock.shift(29 * DAY)
    assert clean_up()["unused applications"] == 0

    clock.shift(2 * DAY)

    assert clean_up()["unused applications"] == 1


def test_one_that_a_developer_registered_stays_unused(clock):
    register(created_at=NOON)
    clock.shift(900 * DAY)

    assert clean_up()["unused applications"] == 0
    assert not Grant.objects.exists()
