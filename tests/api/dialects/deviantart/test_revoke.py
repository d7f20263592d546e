"""``/oauth2/revoke``: one token ends all of its person with its application (wire §3, second row).

Judged by using the tokens afterwards, not by the status.
"""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import Consent, SecurityEvent
from tests.support.dialects.deviantart import (
    SUCCESS,
    DeviantArtClient,
    both_kinds_of_client,
    either_token,
    said,
)
from tests.support.factories import PASSWORD, UserFactory
from tests.support.oauth import is_live, post, with_person

pytestmark = pytest.mark.django_db


@both_kinds_of_client
@either_token
def test_the_token_alone_identifies_user_and_application_and_ends_all_of_both(make, shown, user):
    oauth = DeviantArtClient.at_the_browser_of(user, make())
    phone, desk, gone = oauth.tokens(), oauth.tokens(), oauth.tokens()
    newer = oauth.refresh(desk["refresh_token"]).json()

    assert said(oauth.revoke(gone[shown])) == SUCCESS

    assert not any(is_live(one["access_token"]) for one in (phone, desk, gone, newer))
    assert not any(oauth.is_refreshable(one) for one in (phone, newer, gone))
    assert not Consent.objects.exists()
    assert oauth.authorize().status_code == 200, "the person is asked again"
    assert SecurityEvent.objects.filter(kind="consent_withdrawn").count() == 1


def test_other_applications_of_the_user_and_other_users_of_the_application_go_on(oauth, user):
    elsewhere = DeviantArtClient.at_the_browser_of(user)
    somebody = DeviantArtClient.at_the_browser_of(UserFactory(), oauth.registered)
    others = [(elsewhere, elsewhere.tokens()), (somebody, somebody.tokens())]

    oauth.revoke(oauth.tokens()["access_token"])

    assert all(is_live(tokens["access_token"]) for _, tokens in others)
    assert all(client.is_refreshable(tokens) for client, tokens in others)
    assert Consent.objects.count() == 2


@pytest.mark.parametrize("value", ["true", "True", "TRUE"])
def test_revoke_refresh_only_with_a_refresh_token_ends_that_one_grant_only(oauth, value):
    phone, desk = oauth.tokens(), oauth.tokens()

    assert said(oauth.revoke(phone["refresh_token"], revoke_refresh_only=value)) == SUCCESS

    assert not oauth.is_refreshable(phone)
    assert not is_live(phone["access_token"])
    assert is_live(desk["access_token"])
    assert oauth.is_refreshable(desk)
    assert Consent.objects.count() == 1, "consent is kept"


def test_revoke_refresh_only_as_json_may_be_a_boolean(oauth):
    phone, desk = oauth.tokens(), oauth.tokens()
    sent = {"token": phone["refresh_token"], "revoke_refresh_only": True}

    assert said(Client().post("/oauth2/revoke", sent, content_type="application/json")) == SUCCESS

    assert not oauth.is_refreshable(phone)
    assert is_live(desk["access_token"])


def test_revoke_refresh_only_with_an_access_token_is_refused_and_ends_nothing(oauth):
    tokens = oauth.tokens()

    response = oauth.revoke(tokens["access_token"], revoke_refresh_only="true")

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert is_live(tokens["access_token"])


@pytest.mark.parametrize("value", ["1", "0", "yes", "x", " true", "None", "tru", "\uff54rue"])
def test_revoke_refresh_only_takes_true_and_false_only(oauth, value):
    tokens = oauth.tokens()

    response = oauth.revoke(tokens["refresh_token"], revoke_refresh_only=value)

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
    assert "revoke_refresh_only" in response.json()["error_description"]
    assert oauth.is_refreshable(tokens)


@pytest.mark.parametrize("value", ["false", "False", ""])
def test_revoke_refresh_only_false_ends_everything(oauth, value):
    phone, desk = oauth.tokens(), oauth.tokens()

    assert said(oauth.revoke(phone["refresh_token"], revoke_refresh_only=value)) == SUCCESS

    assert not is_live(desk["access_token"])


@pytest.mark.rfc("7009", "2.2")
@pytest.mark.parametrize("only", [None, "true"])
def test_an_unknown_token_is_a_success_too_and_so_is_the_same_one_again(oauth, only):
    tokens = oauth.tokens()
    oauth.revoke(tokens["access_token"])

    for text in (tokens["refresh_token"], "nonsense", "é", "x" * 10_000, tokens["refresh_token"][:-1]):
        assert said(oauth.revoke(text, revoke_refresh_only=only)) == SUCCESS
    assert said(oauth.revoke(tokens["access_token"])) == SUCCESS


@pytest.mark.parametrize("query", ["", "?token={token}"])
def test_no_token_is_refused_and_one_in_the_address_counts_as_none(oauth, query):
    tokens = oauth.tokens()
    path = "/oauth2/revoke" + query.format(token=tokens["access_token"])

    for sent in ({}, {"token": ""}, oauth.registered.credentials):
        response = post(path, sent)
        assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
        assert response.json()["status"] == "error"
    assert is_live(tokens["access_token"])


@pytest.mark.rfc("7009", "2.3")
def test_there_is_no_get(oauth):
    tokens = oauth.tokens()

    response = Client().get("/oauth2/revoke", {"token": tokens["access_token"]})

    assert (response.status_code, response["Allow"]) == (405, "POST, OPTIONS")
    assert response.json()["status"] == "error"
    assert is_live(tokens["access_token"])


def test_one_revoke_reaches_what_was_issued_at_the_plain_addresses_too(oauth, user):
    plain = with_person(oauth.registered, user).tokens()

    oauth.revoke(oauth.tokens()["access_token"])

    assert not is_live(plain["access_token"])


@pytest.mark.rfc("7009", "2.1")
@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense", ""])
def test_a_wrong_hint_does_no_harm(oauth, hint):
    tokens = oauth.tokens()

    assert said(oauth.revoke(tokens["refresh_token"], token_type_hint=hint)) == SUCCESS

    assert not is_live(tokens["access_token"])


def test_approving_again_after_a_revoke_works(oauth):
    oauth.revoke(oauth.tokens()["access_token"])

    assert is_live(oauth.tokens()["access_token"])


def test_a_changed_password_is_no_way_back(oauth, user):
    old = oauth.tokens()
    user.set_password(PASSWORD + "!")
    user.save()
    oauth.browser.force_login(user)
    new = oauth.tokens()

    for name in ("access_token", "refresh_token"):
        assert said(oauth.revoke(old[name])) == SUCCESS

    assert is_live(new["access_token"])
