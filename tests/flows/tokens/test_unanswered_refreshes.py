"""A refresh whose commit the database does not answer is 503, and may be sent again, whatever came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from oauthcore.models import Grant, UsedIdentifier, unanswered_turns
from tests.support.factories import register
from tests.support.oauth import OAuthClient, is_live, with_person
from tests.support.unanswered import unanswered

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def oauth() -> OAuthClient:
    return with_person(register(is_trusted=True))


@pytest.fixture(autouse=True)
def on_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the statements are those of PostgreSQL")


def unanswered_refresh(oauth: OAuthClient, *more: str) -> str:
    """Refresh with a new chain, which turns unanswered; return the refresh token that was shown."""
    token = str(oauth.redeem(oauth.code()).json()["refresh_token"])
    with unanswered("WITH changed", *more):
        answer = oauth.refresh(token)
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    return token


def test_the_client_refreshes_with_the_token_that_it_has(oauth: OAuthClient) -> None:
    token = unanswered_refresh(oauth)

    answer = oauth.refresh(token)

    assert answer.status_code == 200
    assert is_live(answer.json()["access_token"])
    assert oauth.refresh(answer.json()["refresh_token"]).status_code == 200


def test_also_where_the_next_try_is_not_answered_either(oauth: OAuthClient) -> None:
    token = unanswered_refresh(oauth)
    with unanswered("WITH changed"):
        assert oauth.refresh(token).status_code == 503

    assert oauth.refresh(token).status_code == 200


def test_once_it_was_answered_the_token_is_a_replay_as_ever(oauth: OAuthClient) -> None:
    token = unanswered_refresh(oauth)
    current = oauth.refresh(token).json()["refresh_token"]

    assert oauth.refresh(token).status_code == 400
    assert oauth.refresh(current).status_code == 400
    assert Grant.objects.get().revoked_reason == "refresh token replayed"


def test_with_a_grace_the_grace_alone_says_how_long_it_may_be_sent_again(
    clock: Any, oauth: OAuthClient, settings: Any
) -> None:
    settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": 30}
    token = unanswered_refresh(oauth)
    repeated = oauth.refresh(token)
    assert repeated.status_code == 200

    clock.shift(31)

    assert oauth.refresh(token).status_code == 400
    assert oauth.refresh(repeated.json()["refresh_token"]).status_code == 400
    assert Grant.objects.get().revoked_reason == "refresh token replayed"


def test_an_older_token_is_a_replay_as_ever(oauth: OAuthClient) -> None:
    older = oauth.redeem(oauth.code()).json()["refresh_token"]
    token = oauth.refresh(older).json()["refresh_token"]
    with unanswered("WITH changed"):
        assert oauth.refresh(token).status_code == 503

    assert oauth.refresh(older).status_code == 400
    assert oauth.refresh(token).status_code == 400


def test_a_note_that_is_there_already_is_no_error() -> None:
    """Its own commit may have got no answer, and then it is tried again."""
    now = timezone.now()

    for _ in range(2):
        unanswered_turns.note(b"spent", b"turn", now=now)

    assert unanswered_turns.is_noted(b"spent", b"turn", now=now)


@pytest.mark.parametrize("what", ["nothing could be noted", "the client comes back after a day"])
def test_otherwise_it_is_a_replay(what: str, oauth: OAuthClient) -> None:
    if what == "nothing could be noted":
        token = unanswered_refresh(oauth, "SET LOCAL")
    else:
        token = unanswered_refresh(oauth)
        for noted in UsedIdentifier.objects.all():
            noted.expires_at -= timedelta(days=1)
            noted.save()

    assert oauth.refresh(token).status_code == 400
    assert Grant.objects.get().revoked_reason == "refresh token replayed"
