"""A second factor that is changed by several at once, or while somebody signs in with it."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from oauthcore.flows.second_factor.totp_settings import remove_second_factor
from oauthcore.models import MFAChallenge, RecoveryCode, SecurityEvent, TOTPFactor, database
from oauthcore.rules.sign_in import recovery_codes, totp
from tests.support.factories import sign_in_token
from tests.support.races.signing_in import (
    ANSWERING,
    CHALLENGE,
    HOLDING_CODES,
    UNLIMITED,
    from_anywhere,
    mfa_tokens_of,
    outcomes,
    sessions_of,
)
from tests.support.races.windows import awaiting, head_start, slowly
from tests.support.sign_in.people import Person, with_account, with_second_factor
from tests.support.waiting import wait_until_somebody_waits

Kind = SecurityEvent.Kind
DONE, WRONG, SPENT = (200, ""), (401, "invalid_mfa_code"), (401, "invalid_mfa_token")
NOT_SO, SWITCHED_OFF = (400, "invalid_request"), (204, "")


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | UNLIMITED


def token_of(person: Person) -> str:
    """Return the access token of a device on which the person is signed in already."""
    return sign_in_token(person.user, person.account.pk)


def stored_codes(person: Person, codes: list[str]) -> int:
    """Return how many of the recovery codes would be taken."""
    factor = TOTPFactor.of(person.user)
    digests = [recovery_codes.digest_of(one, salt=factor.uuid) for one in codes] if factor else []
    return RecoveryCode.objects.filter(digest__in=digests, used_at__isnull=True).count()


def told_by(answers: list[Any]) -> list[list[str]]:
    """Return the recovery codes that were shown."""
    return [one.json["recovery_codes"] for one in answers if one.status == 200]


def events(kind: str) -> int:
    return SecurityEvent.objects.filter(kind=kind).count()


def test_of_many_confirmations_of_one_enrolment_one_is_shown_recovery_codes(crowd):
    for number in range(3):
        ada = with_account(username=f"ada{number}")
        token = token_of(ada)
        ada.key = totp.key_from_text(from_anywhere().begin_totp(token).json["secret"])

        answers = crowd.all_at_once(lambda a=ada, t=token: from_anywhere().confirm_totp(t, a.code()))

        assert set(outcomes(answers)) <= {DONE, WRONG, NOT_SO}
        (shown,) = told_by(answers)
        assert stored_codes(ada, shown) == RecoveryCode.objects.filter(factor__user=ada.user).count() == 10
        assert events(Kind.SECOND_FACTOR_ON) == number + 1


def test_an_enrolment_begun_anew_while_the_first_is_confirmed_is_one_or_the_other(crowd_of):
    crowd = crowd_of(2)
    for number in range(8):
        ada = with_account(username=f"ada{number}")
        token = token_of(ada)
        ada.key = totp.key_from_text(from_anywhere().begin_totp(token).json["secret"])

        confirmed, begun = crowd.at_once(
            [
                partial(from_anywhere().confirm_totp, token, ada.code()),
                partial(from_anywhere().begin_totp, token),
            ]
        )

        assert (confirmed.refused, begun.refused) in [(DONE, NOT_SO), (WRONG, DONE)]
        factor = TOTPFactor.of(ada.user)
        assert (factor.confirmed_at is not None) == (confirmed.status == 200)
        assert factor.recovery_codes.count() == (10 if confirmed.status == 200 else 0)


def test_of_many_renewals_at_once_the_last_codes_shown_are_the_ones_that_work(crowd_of):
    """Each with a recovery code of its own: whoever comes second finds theirs replaced already."""
    crowd = crowd_of(8)
    for number in range(3):
        tess = with_second_factor(username=f"tess{number}")
        token = token_of(tess)

        answers = crowd.at_once(
            [partial(from_anywhere().recovery_codes, token, code) for code in tess.recovery_codes[:8]]
        )

        assert outcomes(answers) == {DONE: 1, WRONG: 7}
        (shown,) = told_by(answers)
        assert stored_codes(tess, shown) == RecoveryCode.objects.filter(factor__user=tess.user).count() == 10


def test_of_two_renewals_with_one_code_one_is_made(crowd_of):
    crowd = crowd_of(2)
    for number in range(3):
        tess = with_second_factor(username=f"tess{number}")

        answers = crowd.all_at_once(partial(from_anywhere().recovery_codes, token_of(tess), tess.code()))

        assert outcomes(answers) == {DONE: 1, WRONG: 1}
        assert stored_codes(tess, told_by(answers)[0]) == 10
        assert events(Kind.RECOVERY_CODES_MADE) == number + 1


@pytest.mark.parametrize("by", ["totp", "recovery codes", "both"])
def test_a_factor_switched_off_while_somebody_signs_in_with_it_gets_nobody_stuck(by, crowd_of):
    """One is before the other: a session from before stays, and afterwards no code is asked for."""
    crowd = crowd_of(4)
    for number in range(5):
        tess = with_second_factor(username=f"tess{number}")
        first, *others = tess.recovery_codes
        codes = {"totp": [tess.code()] * 3, "recovery codes": others, "both": [tess.code(), *others]}[by]
        off_by = tess.code() if by == "both" else first
        acts = [
            partial(from_anywhere().mfa, one, code)
            for one, code in zip(mfa_tokens_of(tess.user, 3), codes, strict=False)
        ]

        off, *answers = crowd.at_once([partial(from_anywhere().end_totp, token_of(tess), off_by), *acts])

        assert set(outcomes(answers)) <= {DONE, WRONG, SPENT}
        assert off.refused in ((SWITCHED_OFF, WRONG) if by == "both" else (SWITCHED_OFF,))
        assert sessions_of(tess.user) == 1 + outcomes(answers)[DONE]
        assert TOTPFactor.objects.filter(user=tess.user).exists() == (off.status != 204)
        is_over = not MFAChallenge.objects.filter(user=tess.user, used_at=None, failures__lt=5).exists()
        assert is_over or off.status != 204


@pytest.mark.parametrize(
    ("leads", "possible"),
    [("the code", {DONE}), ("the removal", {WRONG, SPENT}), ("chance", {DONE, WRONG, SPENT})],
)
def test_staff_who_switch_a_factor_off_and_people_who_sign_in_with_it_do_not_wait_for_each_other(
    crowd_of, leads, possible, monkeypatch
):
    """Each wants the row that the other has, so that the database would have to refuse one of them."""
    monkeypatch.setattr(database, "MOST_RUNS", 1)
    crowd = crowd_of(2)
    for number in range(4):
        tess = with_second_factor(username=f"tess{number}")
        factor, (token,) = TOTPFactor.of(tess.user), mfa_tokens_of(tess.user, 1)
        sign_in = partial(from_anywhere().mfa, token, tess.code())
        remove = partial(remove_second_factor, factor, reason="lost phone", now=timezone.now())

        if leads == "the code":
            sign_in = awaiting(sign_in, wait_until_somebody_waits, *ANSWERING)
            answer, is_off = crowd.at_once(head_start([sign_in], *CHALLENGE, then=[remove]))
        elif leads == "the removal":
            remove = awaiting(remove, wait_until_somebody_waits, *CHALLENGE)
            is_off, answer = crowd.at_once(head_start([remove], HOLDING_CODES, then=[sign_in]))
        else:
            remove = slowly(remove, "DELETE FROM oauthcore_passkey", *CHALLENGE)
            answer, is_off = crowd.at_once([slowly(sign_in, *ANSWERING), remove])

        assert answer.refused in possible
        assert is_off
