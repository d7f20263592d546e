"""Passwords and codes guessed at the same instant: the limits hold exactly.

What counts is what was evaluated: a try beyond the limit costs neither a hash nor a look at the seed.
"""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from oauthcore.models import MFAChallenge, SecurityEvent
from oauthcore.models.mfa_challenges import MOST_FAILURES
from tests.support import hashers
from tests.support.factories import PASSWORD
from tests.support.races.signing_in import UNLIMITED, from_anywhere, mfa_tokens_of, outcomes, watch_codes
from tests.support.sign_in.people import with_account, with_second_factor

TRIES = 40
WRONG_PASSWORD, WRONG_CODE = (401, "invalid_credentials"), (401, "invalid_mfa_code")
THROTTLED, SPENT = (429, "throttled"), (401, "invalid_mfa_token")


@pytest.fixture
def hashed(settings) -> list[bool]:
    """What is hashed; the person is made, and forgotten here, before."""
    settings.PASSWORD_HASHERS = ["tests.support.hashers.Watched"]
    with_account(username="ada")
    hashers.hashed.clear()
    return hashers.hashed


@pytest.mark.parametrize("login", ["ada", "nobody"])
def test_of_many_wrong_passwords_from_one_address_five_are_hashed(login, hashed, crowd_of, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"LOGIN_ADDRESS_LIMIT": (1000, 300)}
    acts = [lambda: from_anywhere(login).sign_in(password="guessed")] * TRIES

    answers = crowd_of(TRIES).at_once(acts)

    assert outcomes(answers) == {WRONG_PASSWORD: 5, THROTTLED: TRIES - 5}
    assert hashed == [False] * 5
    assert from_anywhere("ada").sign_in().status == (429 if login == "ada" else 200)


def test_of_many_wrong_passwords_for_many_logins_from_one_address_twenty_are_hashed(hashed, crowd_of):
    acts = [lambda n=n: from_anywhere(f"login{n}").sign_in(password="guessed") for n in range(TRIES)]

    answers = crowd_of(TRIES).at_once(acts)

    assert outcomes(answers) == {WRONG_PASSWORD: 20, THROTTLED: TRIES - 20}
    assert len(hashed) == 20


def test_of_many_wrong_passwords_from_many_addresses_as_many_are_hashed_as_strangers_have(
    hashed, crowd_of, settings
):
    settings.OAUTHCORE = settings.OAUTHCORE | {"LOGIN_STRANGER_LIMIT": (7, 300)}
    assert from_anywhere("ada", address="203.0.113.1").sign_in().status == 200
    hashed.clear()
    acts = [
        lambda n=n: from_anywhere("ada", address=f"198.51.100.{n}").sign_in(password="guessed")
        for n in range(TRIES)
    ]

    answers = crowd_of(TRIES).at_once(acts)

    assert outcomes(answers) == {WRONG_PASSWORD: 7, THROTTLED: TRIES - 7}
    assert len(hashed) == 7
    assert from_anywhere("ada", address="203.0.113.1").sign_in().status == 200, "and at home nobody waits"


@pytest.mark.parametrize("store", ["sql", pytest.param("redis", marks=pytest.mark.redis)])
def test_of_right_and_wrong_passwords_at_once_no_more_wrong_ones_are_hashed_than_the_limit(
    store, hashed, crowd_of, settings, request
):
    """A right one that is given back makes room for another, and never for a wrong one too many."""
    url = request.getfixturevalue("redis_url") if store == "redis" else None
    login = f"ada-{uuid4().hex}"
    settings.OAUTHCORE = settings.OAUTHCORE | {"LOGIN_ADDRESS_LIMIT": (1000, 300), "LIMITER_URL": url}
    with_account(username=login)
    hashed.clear()
    acts = [
        lambda n=n: from_anywhere(login).sign_in(password="guessed" if n % 2 else PASSWORD)
        for n in range(TRIES * 2)
    ]
    crowd = crowd_of(TRIES * 2)

    answers = crowd.at_once(acts)
    wrong = outcomes(answers)[WRONG_PASSWORD]
    while (again := from_anywhere(login).sign_in(password="guessed").refused) == WRONG_PASSWORD:
        wrong += 1

    assert again == THROTTLED
    assert wrong == 5
    assert len(hashed) == 5 + outcomes(answers)[200, ""]


def test_right_passwords_at_once_leave_the_limits_as_they_were(hashed, crowd_of, settings):
    # What is refused for its login stays counted for its address, and how many are refused is left to chance.
    settings.OAUTHCORE = settings.OAUTHCORE | {"LOGIN_ADDRESS_LIMIT": (1000, 300)}
    acts = [lambda: from_anywhere().sign_in()] * TRIES

    outcome = outcomes(crowd_of(TRIES).at_once(acts))

    assert outcome.keys() <= {(200, ""), THROTTLED}, "more at once than the limit have to wait"
    assert [from_anywhere().sign_in().status for _ in range(6)] == [200] * 6
    assert [from_anywhere().sign_in(password="guessed").refused for _ in range(6)] == [
        *[WRONG_PASSWORD] * 5,
        THROTTLED,
    ]


def test_of_many_wrong_codes_on_one_mfa_token_five_are_looked_at(crowd_of, settings, monkeypatch):
    settings.OAUTHCORE = settings.OAUTHCORE | UNLIMITED
    tess, crowd = with_second_factor(username="tess"), crowd_of(TRIES)
    for _ in range(3):
        (token,), looked_at = mfa_tokens_of(tess.user, 1), watch_codes(monkeypatch)

        answers = crowd.all_at_once(lambda token=token: from_anywhere().mfa(token, tess.wrong_code()))

        assert outcomes(answers) == {WRONG_CODE: MOST_FAILURES, SPENT: TRIES - MOST_FAILURES}
        assert len(looked_at) == MOST_FAILURES
        assert from_anywhere().mfa(token, tess.code()).refused == SPENT


def test_of_many_wrong_codes_on_many_mfa_tokens_ten_are_looked_at(crowd_of, settings, monkeypatch):
    """Whoever knows the password has as many tokens as they like, and ten guesses an hour all the same."""
    settings.OAUTHCORE = settings.OAUTHCORE | UNLIMITED | {"SECOND_FACTOR_LIMIT": (10, 3600)}
    tess = with_second_factor(username="tess")
    tokens, looked_at = mfa_tokens_of(tess.user, TRIES), watch_codes(monkeypatch)
    acts = [lambda token=token: from_anywhere().mfa(token, tess.wrong_code()) for token in tokens]

    answers = crowd_of(TRIES).at_once(acts)

    assert outcomes(answers) == {WRONG_CODE: 10, THROTTLED: TRIES - 10}
    assert len(looked_at) == 10
    assert SecurityEvent.objects.filter(kind=SecurityEvent.Kind.SECOND_FACTOR_PAUSED).count() == 1
    untouched = MFAChallenge.objects.filter(failures=0).count()
    assert untouched == TRIES - 10, "a try that is not looked at is none of its token's five"


def test_right_codes_at_the_same_instant_leave_the_budget_as_it_was(crowd_of, settings):
    """Only wrong ones count: who presses twice, or sixteen times, has not guessed and does not wait."""
    settings.OAUTHCORE = settings.OAUTHCORE | UNLIMITED | {"SECOND_FACTOR_LIMIT": (2, 3600)}
    tess, crowd = with_second_factor(username="tess"), crowd_of(16)
    for code in tess.recovery_codes[:3]:
        (token,) = mfa_tokens_of(tess.user, 1)

        answers = crowd.all_at_once(partial(from_anywhere().mfa, token, code))

        assert outcomes(answers) == {(200, ""): 1, SPENT: crowd.size - 1}
    assert not SecurityEvent.objects.filter(kind=SecurityEvent.Kind.SECOND_FACTOR_PAUSED).exists()
