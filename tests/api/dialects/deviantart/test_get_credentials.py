"""Client credentials by GET: legacy applications with the switch alone (wire §3, first row)."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import GrantType, LegacySwitch, LegacyUse, Token
from oauthcore.recording import legacy_use
from tests.support.dialects.deviantart import get_token, legacy
from tests.support.factories import register, register_public
from tests.support.oauth import basic, is_live, me

pytestmark = pytest.mark.django_db

ALL_BUT_THIS = [one for one in LegacySwitch if one != LegacySwitch.GET_CREDENTIALS]


@pytest.fixture
def switched():
    return legacy(LegacySwitch.GET_CREDENTIALS)


def noted():
    legacy_use.batch.flush()
    return list(LegacyUse.objects.order_by("pk").values_list("application", "habit", "count", "example"))


def test_a_legacy_application_whose_switch_is_on_may_ask_by_get(switched):
    response = get_token(switched, scope="read")

    assert response.status_code == 200
    assert response.json().items() >= {"status": "success", "scope": "read", "token_type": "Bearer"}.items()
    assert "refresh_token" not in response.json()
    assert me(response.json()["access_token"]).json()["account"] is None
    assert (response["Cache-Control"], response["Access-Control-Allow-Origin"]) == ("no-store", "*")
    assert noted() == [(switched.application.pk, "get_credentials", 1, "/oauth2/token")]


def test_its_number_works_and_so_does_basic_beside_the_query(switched):
    number = str(switched.application.pk)
    header = {"authorization": basic(switched.client_id, switched.client_secret)}

    assert get_token(switched, client_id=number).status_code == 200
    assert get_token(switched, client_id=None, client_secret=None, headers=header).status_code == 200


def test_head_goes_with_get(switched):
    credentials = switched.credentials | {"grant_type": "client_credentials"}

    response = Client().head("/oauth2/token", credentials)

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    "make",
    [register, register_public, legacy, lambda: legacy(*ALL_BUT_THIS)],
    ids=["2.1", "public", "no switch", "other switches"],
)
def test_the_switch_is_off_by_default_and_no_other_application_may(make):
    other = make()

    response = get_token(other)

    assert (response.status_code, response.json()["error"]) == (400, "unauthorized_client")
    assert response.json()["status"] == "error"
    assert not Token.objects.exists()
    assert noted() == []


def test_a_switched_application_that_is_not_registered_for_it_may_not():
    response = get_token(legacy(LegacySwitch.GET_CREDENTIALS, grant_types=["authorization_code"]))

    assert (response.status_code, response.json()["error"]) == (400, "unauthorized_client")
    assert noted() == []


@pytest.mark.parametrize("make", [register, lambda: legacy(LegacySwitch.GET_CREDENTIALS)])
@pytest.mark.parametrize(
    "changes", [{"client_secret": "wrong"}, {"client_secret": None}, {"client_id": "unknown"}]
)
def test_whoever_does_not_prove_who_they_are_is_not_told_about_the_switch(make, changes):
    response = get_token(make(), **changes)

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert response["WWW-Authenticate"].startswith("Basic ")
    assert noted() == []


def test_wrong_secrets_by_get_are_counted_with_the_others(switched, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"CLIENT_SECRET_LIMIT": (1, 60)}

    answers = [get_token(switched, client_secret="wrong").status_code for _ in range(2)]

    assert answers == [401, 429]


@pytest.mark.parametrize("grant_type", [None, "", "authorization_code", "refresh_token", "password"])
def test_any_other_grant_type_by_get_is_405_and_only_post_is_allowed(switched, grant_type):
    response = get_token(switched, grant_type=grant_type, code="x", refresh_token="x")

    assert (response.status_code, response.json()["error"]) == (405, "method_not_allowed")
    assert response["Allow"] == "POST, OPTIONS"
    assert response.json()["status"] == "error"


def test_the_plain_token_endpoint_has_no_get_whatever_the_switch_says(switched):
    sent = switched.credentials | {"grant_type": GrantType.CLIENT_CREDENTIALS.value}

    response = Client().get("/oauth/token", sent)

    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")


@pytest.mark.parametrize("changes", [{"scope": ["read", "read"]}, {"scope": "\x00"}])
def test_what_is_sent_twice_or_ill_formed_is_refused(switched, changes):
    response = get_token(switched, **changes)

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_a_query_that_is_not_utf_8_is_refused(switched):
    response = Client().get("/oauth2/token?grant_type=client_credentials&client_id=a%ff")

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_once_upgraded_it_may_no_longer(switched):
    text = get_token(switched).json()["access_token"]
    application = switched.application
    application.profile, application.legacy_switches = "oauth2.1", []
    application.save()

    assert get_token(switched).json()["error"] == "unauthorized_client"
    assert is_live(text), "what it has lives out its time"
