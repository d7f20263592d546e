"""Applications that act for themselves, many calls at once (RFC 6749 §4.4)."""

from __future__ import annotations

from functools import partial

import pytest

from oauthcore.models import Grant, Token
from tests.support.factories import register
from tests.support.oauth import OAuthClient, is_live


@pytest.mark.rfc("6749", "4.4")
def test_the_first_calls_of_an_application_open_one_standing_grant(crowd):
    for _ in range(5):
        oauth = OAuthClient(register())

        answers = crowd.all_at_once(partial(oauth.token, grant_type="client_credentials"))

        grant = Grant.objects.get(application=oauth.registered.application)
        assert [one.status_code for one in answers] == [200] * crowd.size
        assert Token.objects.filter(grant=grant).count() == crowd.size
        assert grant.standing_for == oauth.registered.application
        assert is_live(answers[0].json()["access_token"])


def test_calls_that_follow_the_application_to_new_scopes_all_get_them(crowd):
    oauth = OAuthClient(register(scopes=["read"], name="Growing"))
    oauth.token(grant_type="client_credentials")
    application = oauth.registered.application
    application.scopes = ["read", "api.download"]
    application.save()

    answers = crowd.all_at_once(partial(oauth.token, grant_type="client_credentials", scope="read"))

    assert [one.status_code for one in answers] == [200] * crowd.size
    assert Grant.objects.filter(application=application).count() == 1


@pytest.mark.rfc("7009", "2.1")
def test_a_revoked_token_of_its_own_takes_no_other_with_it(crowd):
    oauth = OAuthClient(register())
    tokens = [oauth.token(grant_type="client_credentials").json()["access_token"] for _ in range(8)]
    issue = partial(oauth.token, grant_type="client_credentials")

    answers = crowd.at_once([*(partial(oauth.revoke, token) for token in tokens), *[issue] * 8])

    assert [one.status_code for one in answers] == [200] * crowd.size
    assert not any(is_live(token) for token in tokens)
    assert all(is_live(one.json()["access_token"]) for one in answers[8:])


def test_however_many_calls_at_once_no_more_stay_than_one_may_have_that_registered_itself(crowd, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"SELF_REGISTERED_TOKENS": 5}
    oauth = OAuthClient(register(is_self_registered=True, access_tokens_expire=False))
    for _ in range(5):
        answers = crowd.all_at_once(partial(oauth.token, grant_type="client_credentials"))

        assert [one.status_code for one in answers] == [200] * crowd.size
        live = [one for one in answers if is_live(one.json()["access_token"])]
        assert len(live) == Token.objects.count() == 5
