"""Who may register at all: the site's switch, its limit, and what an application may not have by itself."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from django.urls import include, path

from oauthcore.conf import Settings
from oauthcore.models import Application, SecurityEvent
from tests.support.dialects.mastodon import MastodonClient, register
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

METADATA = "/.well-known/oauth-authorization-server"
#: A site that has not mounted the dialect.
urlpatterns = [path("", include("oauthcore.urls"))]


@pytest.fixture
def switched_off(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"MASTODON_REGISTRATION": False}


def test_its_switch_is_off_by_default_and_on_in_the_reference_site(settings):
    assert Settings().MASTODON_REGISTRATION is False
    assert settings.OAUTHCORE["MASTODON_REGISTRATION"] is True


def test_where_it_is_off_nobody_registers_and_nothing_is_written(switched_off):
    with statements() as run:
        answer = register()

    assert (answer.status_code, answer.json()["error"]) == (403, "registration_closed")
    assert set(answer.json()) == {"error", "error_description"}
    assert run == []


def test_metadata_names_the_endpoint_only_while_it_is_on(settings):
    assert Client().get(METADATA).json()["app_registration_endpoint"] == "https://testserver/api/v1/apps"

    settings.OAUTHCORE = settings.OAUTHCORE | {"MASTODON_REGISTRATION": False}
    assert "app_registration_endpoint" not in Client().get(METADATA).json()


@override_settings(ROOT_URLCONF=__name__)
def test_metadata_does_not_name_it_where_it_is_not_mounted():
    assert "app_registration_endpoint" not in Client().get(METADATA).json()


def test_it_is_throttled_by_address(settings, clock):
    settings.OAUTHCORE = settings.OAUTHCORE | {"MASTODON_REGISTRATION_LIMIT": (2, 600)}
    answers = [register() for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[2].json()["error"] == "throttled"
    assert answers[2]["Retry-After"] == "600"
    assert register(address="198.51.100.7").status_code == 200
    assert Application.objects.count() == 3

    clock.shift(600)
    assert register().status_code == 200


def test_an_ipv6_neighbourhood_counts_as_one_address(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"MASTODON_REGISTRATION_LIMIT": (1, 600)}

    assert register(address="2001:db8::1").status_code == 200
    assert register(address="2001:db8::2").status_code == 429
    assert register(address="2001:db8:1::1").status_code == 200


def test_tries_that_fail_are_counted_too(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"MASTODON_REGISTRATION_LIMIT": (2, 600)}

    assert [register(client_name=None).status_code for _ in range(3)] == [422, 422, 429]
    assert register().status_code == 429


def test_a_try_beyond_the_limit_writes_nothing(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"MASTODON_REGISTRATION_LIMIT": (1, 600)}
    register()

    register()

    assert Application.objects.count() == SecurityEvent.objects.count() == 1


LEVELS = {
    "read": "Read",
    "read:open": "Read what is open",
    "secrets": {"description": "Secrets", "level": "approval"},
    "staff": {"description": "Staff's", "level": "staff"},
    "bundle": {"description": "Much", "includes": ["read:open", "secrets"]},
    "tree": "All below",
    "tree:top": {"description": "The top", "level": "staff"},
}


@pytest.mark.parametrize("scopes", ["secrets", "staff", "bundle", "tree", "tree:top", "read secrets"])
def test_nobody_gives_themselves_a_scope_that_is_not_open_to_everybody(scopes, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"SCOPES": LEVELS}

    answer = register(scopes=scopes)

    assert (answer.status_code, list(answer.json()["error_details"])) == (422, ["scopes"])
    assert register(scopes="read:open").status_code == 200


def test_tokens_never_expire_unless_the_site_says_so(settings):
    forever = MastodonClient.at_the_browser_of()
    settings.OAUTHCORE = settings.OAUTHCORE | {"MASTODON_ACCESS_TOKEN_LIFETIME": 86400}
    a_day = MastodonClient.at_the_browser_of()

    for client, expires_in in ((forever, None), (a_day, 86400)):
        for answer in (client.tokens(), client.own_token().json()):
            assert answer.get("expires_in") == expires_in
            assert isinstance(answer["created_at"], int)
            assert answer["token_type"] == "Bearer"
            assert None not in answer.values()
