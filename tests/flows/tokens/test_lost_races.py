"""What comes of whoever is second by a moment: somebody else was faster between the look and the use.

The races themselves are in ``tests/races``; here the other one always wins.
"""

from __future__ import annotations

from copy import copy

import pytest

from oauthcore.models import AuthorizationCode, Grant, SecurityEvent, Token
from tests.support.lost_races import let_others_go_first
from tests.support.oauth import OAuthClient, is_live, with_person

pytestmark = pytest.mark.django_db

WRONG = "somebody-elses-verifier-of-forty-three-or-more"


@pytest.fixture
def oauth() -> OAuthClient:
    return with_person()


def test_a_code_that_was_used_meanwhile_is_a_replay_that_ends_the_grant(oauth, monkeypatch):
    code, won = oauth.code(), []
    let_others_go_first(monkeypatch, AuthorizationCode, lambda: won.append(oauth.redeem(code).json()))

    assert oauth.redeem(code).json()["error"] == "invalid_grant"

    assert not is_live(won[0]["access_token"])
    assert SecurityEvent.objects.filter(kind="code_replayed").count() == 1


def test_a_code_that_was_burned_meanwhile_is_no_replay(oauth, monkeypatch):
    code = oauth.code()
    let_others_go_first(
        monkeypatch,
        AuthorizationCode,
        lambda: [oauth.redeem(code, code_verifier=WRONG) for _ in range(5)],
    )

    assert oauth.redeem(code).json()["error"] == "invalid_grant"

    assert not Token.objects.exists()
    assert Grant.objects.get().revoked_at is None
    assert not SecurityEvent.objects.filter(kind="code_replayed").exists()


def test_a_refresh_token_that_was_turned_meanwhile_is_a_replay_that_ends_the_grant(oauth, monkeypatch):
    first, won = oauth.tokens()["refresh_token"], []
    let_others_go_first(monkeypatch, Token, lambda: won.append(oauth.refresh(first).json()))

    assert oauth.refresh(first).json()["error"] == "invalid_grant"

    assert not is_live(won[0]["access_token"])
    assert SecurityEvent.objects.filter(kind="refresh_token_replayed").count() == 1


def test_a_transaction_that_never_sees_who_turned_the_token_is_refused_and_ends_nothing(oauth, monkeypatch):
    """MariaDB shows a transaction of level REPEATABLE READ what was there when it began."""
    first, find, seen = oauth.tokens()["refresh_token"], Token.find_of, []

    def as_it_began(*arguments):
        seen[:] = seen or [find(*arguments)]
        return copy(seen[0])

    monkeypatch.setattr(Token, "find_of", as_it_began)
    won = oauth.refresh(first).json()

    refused = oauth.refresh(first)

    assert (refused.status_code, refused["Retry-After"]) == (503, "1")
    assert is_live(won["access_token"])
