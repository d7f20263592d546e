"""A secret that is there already is made again, once: nobody is answered with a 500 for it."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import pytest

from oauthcore.models import Token
from tests.support.factories import register
from tests.support.oauth import OAuthClient, is_live, with_person
from tests.support.sign_in.client import AppClient
from tests.support.sign_in.people import with_account

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drawn_twice(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let the operating system draw again, once, what it has just drawn for another token."""
    draw = secrets.token_urlsafe

    def arm(again: int = 1) -> list[str]:
        numbers: list[str] = []

        def drawn(size: int) -> str:
            numbers.append(numbers[0] if len(numbers) == again else draw(size))
            return numbers[-1]

        monkeypatch.setattr(secrets, "token_urlsafe", drawn)
        return numbers

    return arm


def test_client_credentials_get_another_token(drawn_twice: Callable[..., list[str]]) -> None:
    oauth = OAuthClient(register())
    numbers = drawn_twice()

    first, second = (oauth.token(grant_type="client_credentials").json()["access_token"] for _ in range(2))

    assert len(numbers) == 3, "the second was drawn twice"
    assert first != second
    assert is_live(first)
    assert is_live(second)


def test_a_code_is_redeemed_once_all_the_same(drawn_twice: Callable[..., list[str]]) -> None:
    oauth = with_person()
    code, own = oauth.code(), OAuthClient(register())
    drawn_twice()
    own.token(grant_type="client_credentials")

    tokens = oauth.redeem(code).json()

    assert is_live(tokens["access_token"])
    assert oauth.redeem(code).json()["error"] == "invalid_grant"


def test_signing_in_opens_one_session(drawn_twice: Callable[..., list[str]]) -> None:
    with_account(username="ada")
    numbers = drawn_twice(2)  # after the two halves of the first refresh token

    answers = [AppClient().sign_in() for _ in range(2)]

    assert [one.status for one in answers] == [200, 200]
    assert len(numbers) == 6, "the second was drawn twice"
    assert Token.objects.count() == 2
