"""How many tokens in its own name an application has that registered itself: so many, and the oldest ends."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oauthcore.models import Token
from tests.support.factories import UserFactory, bearer, register
from tests.support.oauth import OAuthClient, is_live

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"SELF_REGISTERED_TOKENS": 3}


@pytest.fixture
def stranger():
    """Nobody vouches for it, and its tokens never expire: as ``POST /api/v1/apps`` registers them."""
    return OAuthClient(register(is_self_registered=True, access_tokens_expire=False))


def own_token(oauth):
    answer = oauth.token(grant_type="client_credentials")
    assert answer.status_code == 200
    return answer.json()["access_token"]


def test_one_more_than_it_may_have_ends_the_oldest(stranger):
    tokens = [own_token(stranger) for _ in range(5)]

    assert [is_live(one) for one in tokens] == [False, False, True, True, True]


def test_however_many_it_asks_for_no_more_rows_stay(stranger):
    for _ in range(20):
        stranger.revoke(own_token(stranger))
        own_token(stranger)

    assert Token.objects.count() == 3


def test_one_that_it_has_revoked_goes_before_one_that_lives(stranger):
    first, second, third = (own_token(stranger) for _ in range(3))
    stranger.revoke(third)

    fourth = own_token(stranger)

    assert [is_live(one) for one in (first, second, third, fourth)] == [True, True, False, True]


def test_what_speaks_for_people_and_what_others_have_is_left_alone(stranger):
    application, other = stranger.registered.application, OAuthClient(register(is_self_registered=True))
    kept = [own_token(other), *(bearer(user=UserFactory(), application=application) for _ in range(5))]

    for _ in range(5):
        own_token(stranger)

    assert all(map(is_live, kept))


def test_one_that_a_developer_registered_has_as_many_as_it_likes_and_pays_two_statements():
    oauth = OAuthClient(register())
    tokens = [own_token(oauth) for _ in range(5)]

    with CaptureQueriesContext(connection) as asked:
        own_token(oauth)

    assert len(asked) == 2
    assert all(map(is_live, tokens))


def test_below_the_bound_it_is_one_statement_more_and_beyond_it_two(stranger):
    own_token(stranger)
    counts = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as asked:
            own_token(stranger)
        counts.append(len([one for one in asked if "SAVEPOINT" not in one["sql"]]))

    assert counts == [3, 3, 4]
