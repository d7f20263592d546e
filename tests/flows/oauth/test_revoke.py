"""Revocation (RFC 7009), judged by using the tokens afterwards and not by the status."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import Consent, SecurityEvent
from tests.support.factories import register, register_public, service_token
from tests.support.oauth import OAuthClient, is_live, post, with_person
from tests.support.reference_site.factories import AccountFactory
from tests.support.statements import USE_AND_STORE, statements

pytestmark = pytest.mark.django_db

both_kinds_of_client = pytest.mark.parametrize("make", [register, register_public])


def is_refreshable(oauth, tokens):
    return oauth.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.rfc("7009", "2.1")
@both_kinds_of_client
@pytest.mark.parametrize("shown", ["access_token", "refresh_token"])
def test_either_token_of_a_grant_ends_all_of_it(make, shown):
    oauth = with_person(make())
    first, other_device = oauth.tokens(), oauth.tokens()
    tokens = oauth.refresh(first["refresh_token"]).json()

    response = oauth.revoke(tokens[shown])

    assert (response.status_code, response.json()) == (200, {})
    assert not is_live(tokens["access_token"])
    assert not is_live(first["access_token"])
    assert not is_refreshable(oauth, tokens)
    assert is_live(other_device["access_token"])
    assert is_refreshable(oauth, other_device)
    assert Consent.objects.count() == 1, "consent is kept"
    assert SecurityEvent.objects.filter(kind="revoked").count() == 1


@pytest.mark.rfc("7009", "2.2")
@both_kinds_of_client
def test_what_is_not_live_any_more_or_never_was_is_as_good_as_revoked(make):
    oauth = with_person(make())
    tokens = oauth.tokens()
    oauth.revoke(tokens["access_token"])

    for text in (*(tokens[name] for name in ("access_token", "refresh_token")), "unknown", "é", "x" * 10000):
        response = oauth.revoke(text)
        assert (response.status_code, response.json()) == (200, {})


@pytest.mark.parametrize("grant_type", ["authorization_code", "client_credentials"])
def test_a_revocation_finds_the_client_and_the_token_and_ends_it_with_its_event(grant_type):
    oauth = with_person()

    def issued():
        if grant_type == "client_credentials":
            return oauth.token(grant_type=grant_type, **oauth.registered.credentials).json()["access_token"]
        return oauth.tokens()["access_token"]

    first, second = issued(), issued()
    oauth.revoke(first)  # the first request of a process reads more

    with statements() as run:
        oauth.revoke(second)

    assert len(run) == 2 + USE_AND_STORE, run
    assert not is_live(second)


def test_an_expired_access_token_still_ends_its_refresh_chain(clock):
    oauth = with_person()
    tokens = oauth.tokens()
    clock.shift(3600)

    assert oauth.revoke(tokens["access_token"]).status_code == 200

    assert not is_refreshable(oauth, tokens)


def test_a_spent_refresh_token_ends_its_chain_too():
    oauth = with_person()
    first = oauth.tokens()
    second = oauth.refresh(first["refresh_token"]).json()

    assert oauth.revoke(first["refresh_token"]).status_code == 200

    assert not is_live(second["access_token"])
    assert not is_refreshable(oauth, second)


@pytest.mark.rfc("7009", "2.1")
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense", "", "id_token"])
@pytest.mark.parametrize("shown", ["access_token", "refresh_token"])
def test_a_wrong_hint_does_no_harm(shown, hint):
    oauth = with_person()
    tokens = oauth.tokens()

    assert oauth.revoke(tokens[shown], token_type_hint=hint).status_code == 200

    assert not is_live(tokens["access_token"])


@both_kinds_of_client
@pytest.mark.parametrize("make_other", [register, register_public])
@pytest.mark.parametrize("shown", ["access_token", "refresh_token"])
def test_somebody_elses_token_lives_on(make, make_other, shown):
    oauth, stranger = with_person(make()), OAuthClient(make_other())
    tokens = oauth.tokens()

    response = stranger.revoke(tokens[shown])

    if stranger.registered.application.is_confidential:
        assert (response.status_code, response.json()["error"]) == (403, "unauthorized_client")
        assert response.json()["error_description"] == "You are not authorized to revoke this token"
    else:
        assert (response.status_code, response.json()) == (200, {})
    assert is_live(tokens["access_token"])
    assert is_refreshable(oauth, tokens)


def test_an_application_cannot_end_a_service_token():
    text = service_token(AccountFactory().uuid)

    assert OAuthClient(register()).revoke(text).status_code == 403
    assert is_live(text)


@both_kinds_of_client
@pytest.mark.parametrize("query", ["", "?token={token}"])
def test_no_token_at_all_is_refused_and_one_in_the_address_counts_as_none(make, query):
    oauth = with_person(make())
    tokens = oauth.tokens()
    path = "/oauth/revoke" + query.format(token=tokens["access_token"])

    for parameters in ({}, {"token": ""}):
        response = post(path, oauth.registered.credentials | parameters)
        assert (response.status_code, response.json()["error"]) == (403, "unauthorized_client")
    assert is_live(tokens["access_token"])


@pytest.mark.rfc("7009", "2.3")
def test_there_is_no_get_and_no_jsonp():
    oauth = with_person()
    tokens = oauth.tokens()
    parameters = oauth.registered.credentials | {"token": tokens["access_token"], "callback": "evil"}

    response = Client().get("/oauth/revoke", parameters)

    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")
    assert is_live(tokens["access_token"])
    assert post("/oauth/revoke?callback=evil", parameters).content == b"{}"


def test_a_wrong_secret_ends_nothing():
    oauth = with_person()
    tokens = oauth.tokens()

    response = oauth.revoke(tokens["access_token"], client_secret="wrong")

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert is_live(tokens["access_token"])


def test_a_client_credentials_token_ends_alone():
    oauth = OAuthClient(register())
    one, other = (oauth.token(grant_type="client_credentials").json()["access_token"] for _ in range(2))

    assert oauth.revoke(one).status_code == 200
    assert oauth.revoke(one).status_code == 200

    assert not is_live(one)
    assert is_live(other)
