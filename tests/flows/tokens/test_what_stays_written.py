"""What a refusal has written stays written, whatever the site has set for its transactions.

Here every transaction is a real one: nothing is rolled back but by the code under test.
"""

from __future__ import annotations

import pytest

from oauthcore.models import SecurityEvent
from oauthcore.models.codes import MOST_FAILURES
from tests.support.oauth import is_live, with_person

pytestmark = pytest.mark.django_db(transaction=True)

EVERY_TRANSACTION = pytest.mark.parametrize("is_atomic", [False, True], ids=["", "ATOMIC_REQUESTS"])


def kinds_of_events():
    return sorted(SecurityEvent.objects.exclude(kind="consent_given").values_list("kind", flat=True))


@pytest.mark.rfc("6749", "4.1.2")
@EVERY_TRANSACTION
def test_the_ending_of_a_grant_whose_code_came_back(is_atomic, atomic_requests):
    atomic_requests(is_atomic)
    oauth = with_person()
    code = oauth.code()
    tokens = oauth.redeem(code).json()

    assert oauth.redeem(code).json()["error"] == "invalid_grant"

    assert not is_live(tokens["access_token"])
    assert oauth.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert kinds_of_events() == ["code_replayed"]


@pytest.mark.rfc("9700", "4.14.2")
@EVERY_TRANSACTION
def test_the_ending_of_a_grant_whose_refresh_token_came_back(is_atomic, atomic_requests):
    atomic_requests(is_atomic)
    oauth = with_person()
    first = oauth.tokens()
    second = oauth.refresh(first["refresh_token"]).json()

    assert oauth.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"

    assert not is_live(first["access_token"])
    assert not is_live(second["access_token"])
    assert oauth.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    assert kinds_of_events() == ["refresh_token_replayed"]


@EVERY_TRANSACTION
def test_the_count_of_failures_that_burns_a_code(is_atomic, atomic_requests):
    atomic_requests(is_atomic)
    oauth = with_person()
    code = oauth.code()

    for _ in range(MOST_FAILURES):
        assert oauth.redeem(code, code_verifier="x" * 43).json()["error"] == "invalid_grant"

    assert oauth.redeem(code).json()["error"] == "invalid_grant"
    assert kinds_of_events() == []


@EVERY_TRANSACTION
def test_the_count_of_wrong_secrets(is_atomic, atomic_requests, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLIENT_SECRET_LIMIT": (2, 60)}
    atomic_requests(is_atomic)
    oauth = with_person()

    statuses = [
        oauth.token(grant_type="client_credentials", client_secret="guess").status_code for _ in range(3)
    ]

    assert statuses == [401, 401, 429]
