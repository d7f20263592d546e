"""What comes of whoever is second by a moment: somebody else was faster between the look and the use.

The races themselves are in ``tests/races``; here the other one always wins.
"""

from __future__ import annotations

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
