"""``/oauth2/revoke`` and whose the token is: credentials are optional, and must be right (wire §3)."""

from __future__ import annotations

import pytest

from oauthcore.models import Consent
from tests.support.dialects.deviantart import (
    SUCCESS,
    DeviantArtClient,
    both_kinds_of_client,
    either_token,
    said,
)
from tests.support.factories import register, register_public
from tests.support.oauth import is_live, post

pytestmark = pytest.mark.django_db


@both_kinds_of_client
def test_an_application_that_sends_its_own_credentials_may(make, user):
    oauth = DeviantArtClient.at_the_browser_of(user, make())
    tokens = oauth.tokens()

    assert said(oauth.revoke(tokens["access_token"], **oauth.registered.credentials)) == SUCCESS

    assert not is_live(tokens["access_token"])


@pytest.mark.parametrize(
    "changes",
    [
        {"client_secret": "wrong"},
        {"client_id": "unknown"},
        {"client_secret": None},
        {"client_id": None},
        {"client_secret": None, "client_assertion": "x"},
    ],
)
def test_credentials_that_are_sent_must_be_right(oauth, changes):
    tokens = oauth.tokens()

    response = oauth.revoke(tokens["access_token"], **oauth.registered.credentials | changes)

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert response.json()["status"] == "error"
    assert response["WWW-Authenticate"].startswith("Basic ")
    assert is_live(tokens["access_token"])


@pytest.mark.parametrize(
    ("authorization", "status"),
    [("Basic bm86bm8=", 401), ("Basic !!!", 401), ("Basic", 401), ("Bearer nonsense", 200)],
)
def test_a_basic_header_is_credentials_and_a_bearer_one_is_none(oauth, authorization, status):
    tokens = oauth.tokens()

    response = post("/oauth2/revoke", {"token": tokens["access_token"]}, authorization=authorization)

    assert response.status_code == status
    assert is_live(tokens["access_token"]) == (status == 401)


@either_token
def test_another_applications_token_with_credentials_is_403_and_lives_on(oauth, shown):
    tokens, stranger = oauth.tokens(), register()

    response = oauth.revoke(tokens[shown], **stranger.credentials)

    assert (response.status_code, response.json()["error"]) == (403, "unauthorized_client")
    assert response.json()["status"] == "error"
    assert is_live(tokens["access_token"])
    assert oauth.is_refreshable(tokens)


@either_token
def test_a_public_application_is_not_told_that_a_token_is_a_strangers(oauth, shown):
    tokens, stranger = oauth.tokens(), register_public()

    assert said(oauth.revoke(tokens[shown], **stranger.credentials)) == SUCCESS

    assert is_live(tokens["access_token"])
    assert oauth.is_refreshable(tokens)


@pytest.mark.parametrize("has_credentials", [False, True])
def test_a_client_credentials_token_ends_alone(oauth, has_credentials):
    one, other, persons = oauth.own_token(), oauth.own_token(), oauth.tokens()
    credentials = oauth.registered.credentials if has_credentials else {}

    assert said(oauth.revoke(one, **credentials)) == SUCCESS

    assert (is_live(one), is_live(other), is_live(persons["access_token"])) == (False, True, True)
    assert Consent.objects.count() == 1


def test_a_client_credentials_token_survives_a_users_revoke(oauth):
    own = oauth.own_token()

    oauth.revoke(oauth.tokens()["access_token"])

    assert is_live(own)
