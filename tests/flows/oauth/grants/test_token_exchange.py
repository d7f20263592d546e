"""Token exchange (RFC 8693): a narrower token for one that was shown, for one resource and for minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.models import Application, Grant, Token
from tests.support.factories import bearer, register
from tests.support.oauth import OAuthClient, is_live, post
from tests.support.statements import statements
from tests.support.token_exchange import (
    ACCESS_TOKEN,
    ISSUER,
    MCP,
    NAME,
    SCOPES,
    exchange,
    refuse,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exchanging")]


@pytest.mark.rfc("8693", "2.2.1")
def test_a_token_is_traded_for_a_narrower_one(gateway, subject):
    response = exchange(gateway, subject)

    assert response["Cache-Control"] == "no-store"
    answer = response.json()
    assert answer["issued_token_type"] == ACCESS_TOKEN
    assert answer["token_type"] == "Bearer"
    assert answer["scope"] == "api.images.read"
    assert answer["expires_in"] == 300
    assert "refresh_token" not in answer
    assert answer["access_token"] != subject


@pytest.mark.rfc("8693", "4.1")
def test_introspection_says_who_acts_and_for_whom(gateway, subject):
    answer = exchange(gateway, subject).json()

    told = gateway.introspect(answer["access_token"]).json()

    original = OAuthClient(register(may_introspect=True)).introspect(subject).json()
    assert told["act"] == {"sub": gateway.registered.client_id}
    assert told["client_id"] == gateway.registered.client_id != original["client_id"]
    assert told["sub"] == original["sub"]
    assert told["aud"] == MCP
    assert "act" not in original


@pytest.mark.rfc("8693", "2.1")
def test_fewer_scopes_may_be_asked_for_and_no_others(gateway):
    token = bearer(scopes=SCOPES)

    assert exchange(gateway, token, scope="api.download").json()["scope"] == "api.download"
    for scope in ("api.upload", "api.download api.upload", "nonsense", "read"):
        refuse(gateway, token, "invalid_scope", scope=scope)


def test_the_new_holder_gets_no_scope_that_it_may_not_ask_for():
    gateway = OAuthClient(register(grant_types=[NAME], redirect_uris=[], scopes=["api.download"]))

    assert exchange(gateway, bearer(scopes=SCOPES)).json()["scope"] == "api.download"
    refuse(gateway, bearer(scopes=["api.images.read"]), "invalid_scope")


def test_it_never_outlives_the_token_it_came_from(gateway, subject):
    Token.objects.update(expires_at=timezone.now() + timedelta(seconds=61))

    assert exchange(gateway, subject).json()["expires_in"] in (60, 61)


def test_it_lives_for_minutes_where_the_other_lives_for_ever(gateway, subject):
    Token.objects.update(expires_at=None)

    assert exchange(gateway, subject).json()["expires_in"] == 300


def live(gateway, token):
    return gateway.introspect(token).json()["active"]


@pytest.mark.rfc("8693", "5")
@pytest.mark.parametrize(
    "end",
    [
        lambda: Grant.objects.update(revoked_at=timezone.now()),
        lambda: Application.objects.exclude(name="Gateway").update(is_enabled=False),
    ],
)
def test_it_ends_with_the_grant_it_came_from(gateway, subject, end):
    token = exchange(gateway, subject).json()["access_token"]
    assert live(gateway, token)

    end()

    assert not live(gateway, token)


def test_it_ends_with_its_holder_too(gateway, subject):
    token = exchange(gateway, subject).json()["access_token"]
    reader = OAuthClient(register(may_introspect=True))
    assert live(reader, token)

    Application.objects.filter(name="Gateway").update(is_suspended=True)

    assert not live(reader, token)
    assert is_live(subject)
    Application.objects.filter(name="Gateway").delete()
    assert not live(reader, token)


def test_what_was_taken_from_its_holder_is_not_among_its_scopes(gateway):
    token = exchange(gateway, bearer(scopes=SCOPES)).json()["access_token"]
    gateway.registered.application.scopes = ["api.download"]
    gateway.registered.application.save()

    reader = OAuthClient(register(may_introspect=True))
    assert "api.images.read" not in reader.introspect(token).json()["scope"]


def test_its_holder_ends_it_alone(gateway, subject):
    token = exchange(gateway, subject).json()["access_token"]

    assert gateway.revoke(token).status_code == 200

    assert not live(gateway, token)
    assert is_live(subject)


def test_the_other_application_neither_sees_nor_ends_it(gateway):
    one = register()
    subject = bearer(application=one.application)
    token = exchange(gateway, bearer(application=one.application, scopes=SCOPES)).json()["access_token"]
    other = OAuthClient(one)

    assert other.introspect(token).json() == {"active": False}
    assert other.revoke(token).status_code == 403
    assert live(gateway, token)
    assert is_live(subject)


@pytest.mark.rfc("8693", "2.1")
def test_the_type_that_is_asked_for_may_be_named(gateway, subject):
    assert exchange(gateway, subject, requested_token_type=ACCESS_TOKEN).status_code == 200


def test_an_exchanged_token_costs_one_statement_more_where_it_is_used(gateway, subject):
    token = exchange(gateway, subject, resource=ISSUER).json()["access_token"]
    costs = []
    for one in (subject, token):
        with statements() as run:
            assert is_live(one)
        costs.append(len(run))

    assert costs == [1, 2]


def test_a_token_of_an_application_that_acts_for_itself_is_exchanged_too(gateway):
    own = OAuthClient(register()).token(grant_type="client_credentials", scope="read").json()["access_token"]

    answer = exchange(gateway, own, resource=ISSUER)

    assert answer.json()["scope"] == "read"


def test_an_exchange_takes_four_statements(gateway, subject):
    with statements() as run:
        assert exchange(gateway, subject).status_code == 200

    assert len(run) == 4, run


@pytest.mark.parametrize("says_who", [True, False], ids=["its holder", "the token alone"])
def test_a_revocation_in_the_dialect_of_deviantart_ends_an_exchanged_token_alone(gateway, subject, says_who):
    exchanged = exchange(gateway, subject).json()["access_token"]
    exchange(gateway, subject)
    credentials = gateway.registered.credentials if says_who else {}

    answered = post("/oauth2/revoke", {"token": exchanged, **credentials})

    assert answered.status_code == 200, answered.content
    assert Token.objects.get(revoked_at__isnull=False).hint == exchanged[-4:]
    assert is_live(subject), "it is another application's, with which the person is connected"


def test_a_stranger_does_not_revoke_an_exchanged_token_there(gateway, subject):
    exchanged = exchange(gateway, subject).json()["access_token"]

    answered = post("/oauth2/revoke", {"token": exchanged, **register().credentials})

    assert answered.json()["error"] == "unauthorized_client"
    assert not Token.objects.filter(revoked_at__isnull=False).exists()
