"""Who may register at all: closed, with an initial access token, or open; and how often (RFC 7591 §3)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.conf import Settings
from oauthcore.models import Application, InitialAccessToken, SecurityEvent
from tests.support.registration import initial_access_token, register_itself
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

METADATA = "/.well-known/oauth-authorization-server"


@pytest.fixture
def with_token(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DYNAMIC_REGISTRATION": "initial_access_token"}


def refused(answer):
    return answer.status_code, answer.json()["error"]


def test_it_is_closed_by_default_and_open_in_the_reference_site(settings):
    assert Settings().DYNAMIC_REGISTRATION == ""
    assert settings.OAUTHCORE["DYNAMIC_REGISTRATION"] == "open"


@pytest.mark.parametrize("way", ["", "everybody"])
def test_where_it_is_closed_nobody_registers_and_nothing_is_written(way, settings):
    token = initial_access_token()
    settings.OAUTHCORE = settings.OAUTHCORE | {"DYNAMIC_REGISTRATION": way}

    with statements() as run:
        answers = [register_itself(), register_itself(token=token)]

    assert [refused(one) for one in answers] == [(403, "registration_closed")] * 2
    assert run == []


@pytest.mark.rfc("8414", "2")
def test_metadata_names_the_endpoint_only_while_it_is_not_closed(settings):
    assert Client().get(METADATA).json()["registration_endpoint"] == "https://testserver/oauth/register"

    settings.OAUTHCORE = settings.OAUTHCORE | {"DYNAMIC_REGISTRATION": ""}
    assert "registration_endpoint" not in Client().get(METADATA).json()


@pytest.mark.rfc("7591", "3")
def test_an_initial_access_token_lets_as_many_register_as_it_says(with_token):
    token = initial_access_token(uses=2)

    answers = [register_itself(token=token) for _ in range(3)]

    assert [one.status_code for one in answers] == [201, 201, 401]
    assert refused(answers[2]) == (401, "invalid_token")
    assert InitialAccessToken.objects.get().used == Application.objects.count() == 2
    reasons = SecurityEvent.objects.filter(kind="application_registered").values_list("reason", flat=True)
    assert set(reasons) == {"registered itself: Partner team"}


@pytest.mark.rfc("7591", "3")
def test_without_one_the_answer_is_a_challenge(with_token):
    answer = register_itself()

    assert refused(answer) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer ")
    assert "error=" not in answer["WWW-Authenticate"]


@pytest.mark.rfc("7591", "3")
@pytest.mark.parametrize("way", ["open", "initial_access_token"])
def test_a_wrong_one_is_refused_also_where_none_is_needed(way, settings, clock):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DYNAMIC_REGISTRATION": way}
    expired, revoked = initial_access_token(days=1), initial_access_token(label="Revoked")
    InitialAccessToken.objects.get(label="Revoked").revoke(now=timezone.now())
    client = register_itself(token=initial_access_token()).json()
    clock.shift(86_400)

    for token in (expired, revoked, "nonsense", client["registration_access_token"], client["client_secret"]):
        answer = register_itself(token=token)
        assert refused(answer) == (401, "invalid_token")
        assert 'error="invalid_token"' in answer["WWW-Authenticate"]


def test_metadata_that_is_refused_uses_nothing_up(with_token):
    token = initial_access_token()

    assert register_itself(token=token, redirect_uris=["javascript:x"]).status_code == 400
    assert register_itself(token=token).status_code == 201


@pytest.mark.rfc("7591", "5")
def test_it_is_throttled_by_address_whatever_comes_of_it(settings, clock):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DYNAMIC_REGISTRATION_LIMIT": (2, 600)}
    answers = [register_itself(redirect_uris=uris) for uris in (["cb"], None, ["cb"])]

    assert [one.status_code for one in answers] == [400, 400, 429]
    assert (answers[2].json()["error"], answers[2]["Retry-After"]) == ("throttled", "600")
    assert register_itself(address="198.51.100.7").status_code == 201
    clock.shift(600)
    assert register_itself().status_code == 201


def test_a_flood_from_everywhere_stops_and_those_whom_staff_let_in_go_on(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DYNAMIC_REGISTRATION_LIMIT_IN_ALL": (3, 3600)}
    token = initial_access_token()

    answers = [register_itself(address=f"198.51.100.{number}") for number in range(5)]

    assert [one.status_code for one in answers] == [201, 201, 201, 429, 429]
    assert register_itself(token=token, address="203.0.113.9").status_code == 201
    assert Application.objects.count() == 4
