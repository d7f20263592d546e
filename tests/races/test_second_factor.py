"""One code in many hands at once: a second factor is used up once."""

from __future__ import annotations

from functools import partial

import pytest
from django.test import Client

from oauthcore.models import MFAChallenge, RecoveryCode, SecurityEvent
from tests.support.factories import PASSWORD
from tests.support.races.signing_in import (
    UNLIMITED,
    answering,
    from_anywhere,
    mfa_tokens_of,
    outcomes,
    sessions_of,
)
from tests.support.sign_in.people import with_second_factor

Kind = SecurityEvent.Kind
SIGNED_IN, WRONG, SPENT = (200, ""), (401, "invalid_mfa_code"), (401, "invalid_mfa_token")


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | UNLIMITED


@pytest.fixture(params=["totp", "recovery code"])
def person_and_code(request):
    """A person, and a right code of theirs."""
    tess = with_second_factor(username="tess")
    return tess, tess.code() if request.param == "totp" else tess.recovery_codes[3]


@pytest.mark.parametrize("is_one_token", [True, False], ids=["one mfa_token", "one each"])
def test_one_code_in_many_hands_opens_one_session(is_one_token, person_and_code, crowd):
    tess, code = person_and_code
    tokens = (
        mfa_tokens_of(tess.user, 1) * crowd.size if is_one_token else mfa_tokens_of(tess.user, crowd.size)
    )

    answers = crowd.at_once(answering("tess", tokens, code))

    assert outcomes(answers) == {SIGNED_IN: 1, (SPENT if is_one_token else WRONG): crowd.size - 1}
    assert sessions_of(tess.user) == 1
    assert MFAChallenge.objects.filter(used_at__isnull=False).count() == 1
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == (len(code) > 6)
    assert SecurityEvent.objects.filter(kind=Kind.DEVICE_SIGNED_IN).count() == 1
    assert SecurityEvent.objects.filter(kind=Kind.RECOVERY_CODE_USED).count() == (len(code) > 6)


def test_many_recovery_codes_on_one_mfa_token_open_one_session_and_the_others_stay(crowd_of):
    tess, crowd = with_second_factor(username="tess"), crowd_of(10)
    (token,) = mfa_tokens_of(tess.user, 1)

    answers = crowd.at_once([partial(from_anywhere().mfa, token, one) for one in tess.recovery_codes])

    assert outcomes(answers) == {SIGNED_IN: 1, SPENT: 9}
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 1
    assert sessions_of(tess.user) == 1


def test_each_of_many_right_codes_on_a_token_of_its_own_opens_a_session(crowd_of):
    """Several devices of one person at once: they wait for each other, and none gets stuck."""
    tess, crowd = with_second_factor(username="tess"), crowd_of(10)
    tokens = mfa_tokens_of(tess.user, 10)
    pairs = zip(tokens, tess.recovery_codes, strict=True)

    answers = crowd.at_once([partial(from_anywhere().mfa, token, code) for token, code in pairs])

    assert outcomes(answers) == {SIGNED_IN: 10}
    assert sessions_of(tess.user) == 10


def test_a_new_mfa_token_for_the_device_and_an_answer_to_the_old_one_at_once(crowd_of):
    """Whoever is second finds what the first has left: the old token is answered or over, never both."""
    tess, crowd = with_second_factor(username="tess"), crowd_of(2)
    for code in tess.recovery_codes:
        app = from_anywhere("tess")
        old = app.mfa_token()

        answered, again = crowd.at_once([partial(from_anywhere().mfa, old, code), app.sign_in])

        assert answered.refused in (SIGNED_IN, SPENT)
        used = RecoveryCode.objects.filter(used_at__isnull=False).count()
        assert used == sessions_of(tess.user), "a code is used up if and only if it opened a session"
        assert again.status == 200
        assert from_anywhere().mfa(old, "no code").refused == SPENT


def test_of_many_mfa_tokens_asked_for_on_one_device_at_once_one_stands(crowd_of):
    """Otherwise whoever knows the password gets as many guesses from each instant as they have threads."""
    crowd = crowd_of(8)
    for number in range(4):
        tess, app = with_second_factor(username=f"tess{number}"), from_anywhere(f"tess{number}")

        answers = crowd.all_at_once(app.sign_in)

        assert outcomes(answers) == {SIGNED_IN: 8}
        standing = [one.json["mfa_token"] for one in answers]
        refused = [from_anywhere().mfa(token, tess.wrong_code()).refused for token in standing]
        assert sorted(refused) == [WRONG] + [SPENT] * 7


def test_one_code_in_many_tabs_and_an_app_at_once_lets_one_of_them_in(crowd_of):
    tess, crowd = with_second_factor(username="tess"), crowd_of(16)
    tabs = [Client() for _ in range(15)]
    for one in tabs:
        assert one.post("/login", {"username": "tess", "password": PASSWORD}).status_code == 303
    (token,), code = mfa_tokens_of(tess.user, 1), tess.code()

    in_app, *_ = crowd.at_once(
        [
            partial(from_anywhere().mfa, token, code),
            *(partial(one.post, "/oauth/second-step", {"code": code}) for one in tabs),
        ]
    )

    logged_in = sum("_auth_user_id" in one.session for one in tabs)
    assert logged_in + (in_app.status == 200) == 1
    assert logged_in + sessions_of(tess.user) == 1
