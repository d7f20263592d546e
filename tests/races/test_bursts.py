"""Many right requests at one moment are all answered: no lock that a first row takes turns one away.

Run it on MariaDB as well (``--engine=mariadb``), whose locks are others: 57 of 192 sign-ins were 503 there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from oauthcore.models import Grant, LimitWindow
from tests.support.factories import register
from tests.support.oauth import OAuthClient
from tests.support.races.crowd import Crowd
from tests.support.races.signing_in import UNLIMITED, from_anywhere, outcomes
from tests.support.sign_in.people import with_account

SIGN_INS = 192


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.OAUTHCORE = settings.OAUTHCORE | UNLIMITED | {"DEVICES_PER_USER": 1000}


@pytest.mark.parametrize("people", [1, SIGN_INS], ids=["of one person", "of many people"])
@pytest.mark.parametrize("threads", [16, 48])
def test_right_sign_ins_at_one_moment_all_succeed(
    people: int, threads: int, crowd_of: Callable[[int], Crowd]
) -> None:
    names = [with_account(username=f"person{number}").user.username for number in range(people)]
    acts = [partial(from_anywhere(names[number % people]).sign_in) for number in range(SIGN_INS)]
    crowd, answers = crowd_of(threads), []
    for first in range(0, SIGN_INS, threads):
        answers += crowd.at_once(acts[first : first + threads])

    assert outcomes(answers) == {(200, ""): SIGN_INS}
    assert Grant.objects.filter(kind=Grant.Kind.SESSION).count() == SIGN_INS
    assert set(LimitWindow.objects.values_list("count", flat=True)) == {0}, "all were given back"


def test_wrong_secrets_at_one_moment_are_refused_and_none_is_turned_away(
    settings: Any, crowd_of: Callable[[int], Crowd]
) -> None:
    settings.OAUTHCORE = settings.OAUTHCORE | {
        "CLIENT_SECRET_LIMIT": (1000, 60),
        "CLIENT_SECRET_ADDRESS_LIMIT": (1000, 60),
    }
    oauth = OAuthClient(register())
    crowd = crowd_of(48)
    wrong = partial(oauth.token, grant_type="client_credentials", client_secret="guessed")

    assert {one.status_code for one in crowd.all_at_once(wrong)} == {401}
    right = partial(oauth.token, grant_type="client_credentials")
    assert {one.status_code for one in crowd.all_at_once(right)} == {200}
