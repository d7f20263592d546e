"""``oauthcore_cleanup``: dynamic registrations that nobody used go, and used ones never."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.models import Application, ClientKey, DynamicRegistration, InitialAccessToken, SecurityEvent
from oauthcore.recording import last_uses
from tests.support.cleaning import clean_up
from tests.support.jose import key_set, new_key
from tests.support.oauth import OAuthClient, with_person
from tests.support.registration import (
    CALLBACK,
    Managed,
    initial_access_token,
    register_itself,
    registered_itself,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SIGNS = {"token_endpoint_auth_method": "private_key_jwt"}
FOR_ITSELF = {"grant_types": ["client_credentials"], "redirect_uris": None}


def test_one_that_nobody_used_goes_with_its_registration(clock):
    registered_itself()
    clock.shift(30 * DAY + timedelta(seconds=1))

    assert clean_up()["unused applications"] == 1
    assert not DynamicRegistration.objects.exists()


def test_one_that_a_person_approved_stays_for_ever(clock):
    oauth = with_person(registered_itself())
    oauth.code(redirect_uri=CALLBACK)
    clock.shift(1000 * DAY)

    clean_up()

    assert Application.objects.get() == oauth.registered.application


def test_one_that_staff_let_in_stays_once_it_has_shown_its_secret(clock):
    used = registered_itself(token=initial_access_token(), **FOR_ITSELF)
    registered_itself(token=initial_access_token(), **FOR_ITSELF)
    OAuthClient(used).token(grant_type="client_credentials")
    last_uses.secrets.flush()
    clock.shift(1000 * DAY)

    assert clean_up()["unused applications"] == 1
    assert Application.objects.get() == used.application


def test_one_that_signs_with_keys_stays_in_the_same_way(clock, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": True}
    used, unused = (
        registered_itself(token=initial_access_token(), **FOR_ITSELF, **SIGNS, jwks=json.loads(key_set(key)))
        for key in (new_key(), new_key())
    )
    ClientKey.objects.filter(application=used.application).update(last_used_at=timezone.now())
    clock.shift(1000 * DAY)

    assert clean_up()["unused applications"] == 1
    assert Application.objects.get() == used.application
    assert unused.application != used.application


def test_a_key_that_was_used_lately_keeps_an_application_that_nobody_let_in(clock):
    registered = registered_itself()
    ClientKey.objects.create(
        application=registered.application,
        thumbprint=b"k" * 32,
        name="key",
        jwk="{}",
        last_used_at=timezone.now() + 25 * DAY,
    )
    clock.shift(31 * DAY)

    assert clean_up()["unused applications"] == 0


def test_an_initial_access_token_that_let_nobody_in_goes_long_after_it_ended(clock):
    initial_access_token(days=1, label="Never used")
    register_itself(token=initial_access_token(days=1))
    clock.shift(400 * DAY)
    clean_up()

    assert [one.used for one in InitialAccessToken.objects.all()] in ([1], [])


def test_what_an_application_did_by_itself_is_kept_no_longer_than_what_anybody_can_cause(clock):
    managed = Managed()
    managed.change(client_name="Better Tool")
    managed.delete()
    assert SecurityEvent.objects.count() == 3
    clock.shift(90 * DAY + timedelta(seconds=1))

    assert clean_up()["security events that anybody can cause"] == 3
