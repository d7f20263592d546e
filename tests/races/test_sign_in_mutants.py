"""The races of signing in are worth something too: each catches the mistake that it is there for (rig R7).

A code is guarded twice, by the count of its person, which is locked while it is looked at, and by conditional
updates. Here each guard is taken away in turn.
"""

from __future__ import annotations

import os
from functools import partial
from threading import Barrier

import pytest

from oauthcore.flows.passwords import credentials
from oauthcore.flows.passwords.password_tries import NO_TRIES
from oauthcore.flows.second_factor import codes
from oauthcore.flows.sign_in import device_sessions
from oauthcore.flows.tokens import redeem
from oauthcore.limiter import Try
from oauthcore.models import Grant, MFAChallenge, TOTPFactor, database
from proof.mutants.single_use import (
    recovery_code_by_check_then_set,
    step_by_check_then_set,
    step_by_lock_and_earlier_read,
)
from tests.support import hashers
from tests.support.factories import sign_in_token
from tests.support.races.crowd import CROWD_SIZE, PATIENCE_SECONDS
from tests.support.races.devices import Device
from tests.support.races.mutants import end_grant_in_a_transaction_that_fails
from tests.support.races.signing_in import (
    UNLIMITED,
    answering,
    from_anywhere,
    mfa_tokens_of,
    outcomes,
    sessions_of,
    watch_codes,
)
from tests.support.races.windows import awaiting
from tests.support.sign_in.people import with_account, with_second_factor

everybody = Barrier(CROWD_SIZE, timeout=PATIENCE_SECONDS)


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | UNLIMITED


@pytest.fixture
def tess():
    return with_second_factor(username="tess")


@pytest.fixture
def uncounted(monkeypatch):
    """Codes of one person are looked at all at once."""
    monkeypatch.setattr(codes, "count_code", lambda user, kind: Try(b"", wait=None, is_kept=True))
    monkeypatch.setattr(Try, "give_back", lambda counted: None)


def try_by_check_then_set(challenge):
    failures = MFAChallenge.objects.get(pk=challenge.pk).failures
    everybody.wait()
    MFAChallenge.objects.filter(pk=challenge.pk).update(failures=failures + 1)
    return failures < 5


def answer_by_check_then_set(challenge, *, now):
    is_open = MFAChallenge.objects.filter(pk=challenge.pk, used_at__isnull=True).exists()
    everybody.wait()
    MFAChallenge.objects.filter(pk=challenge.pk).update(used_at=now)
    return is_open


@pytest.mark.parametrize("kind", ["totp", "recovery code"])
def test_codes_that_are_looked_at_all_at_once_still_open_one_session(kind, tess, uncounted, crowd):
    code = tess.code() if kind == "totp" else tess.recovery_codes[0]

    answers = crowd.at_once(answering("tess", mfa_tokens_of(tess.user, crowd.size), code))

    assert outcomes(answers)[200, ""] == sessions_of(tess.user) == 1


@pytest.mark.parametrize(
    ("method", "mutant", "kind"),
    [
        ("use_step", step_by_check_then_set, "totp"),
        ("use_step", step_by_lock_and_earlier_read, "totp"),
        ("use_recovery_code", recovery_code_by_check_then_set, "recovery code"),
    ],
)
def test_a_code_used_twice_is_caught(method, mutant, kind, tess, uncounted, crowd, monkeypatch):
    monkeypatch.setattr(TOTPFactor, method, mutant(everybody.wait))
    code = tess.code() if kind == "totp" else tess.recovery_codes[0]

    answers = crowd.at_once(answering("tess", mfa_tokens_of(tess.user, crowd.size), code))

    assert outcomes(answers)[200, ""] > 1


def test_an_mfa_token_answered_twice_is_caught(tess, uncounted, crowd, monkeypatch):
    monkeypatch.setattr(MFAChallenge, "count_try", lambda challenge: True)
    monkeypatch.setattr(MFAChallenge, "use", answer_by_check_then_set)
    monkeypatch.setattr(TOTPFactor, "use_step", lambda factor, step: True)

    answers = crowd.at_once(answering("tess", mfa_tokens_of(tess.user, 1) * crowd.size, tess.code()))

    assert outcomes(answers)[200, ""] > 1


def test_codes_counted_by_reading_and_writing_are_caught(tess, uncounted, crowd, monkeypatch):
    monkeypatch.setattr(MFAChallenge, "count_try", try_by_check_then_set)
    looked_at = watch_codes(monkeypatch)

    crowd.at_once(answering("tess", mfa_tokens_of(tess.user, 1) * crowd.size, tess.wrong_code()))

    assert len(looked_at) > 5


def test_a_budget_per_mfa_token_alone_is_caught(tess, uncounted, crowd, monkeypatch):
    looked_at = watch_codes(monkeypatch)

    crowd.at_once(answering("tess", mfa_tokens_of(tess.user, crowd.size), tess.wrong_code()))

    assert len(looked_at) > 10


def test_tries_counted_after_hashing_are_caught(settings, crowd, monkeypatch):
    settings.OAUTHCORE = settings.OAUTHCORE | {"LOGIN_LIMIT": (5, 300)}
    settings.PASSWORD_HASHERS = ["tests.support.hashers.Watched"]
    ada = with_account(username="ada").user
    hashers.hashed.clear()
    count_password, authenticate = credentials.count_password, credentials.authenticate

    def authenticate_and_count(*args, **shown):
        found = authenticate(*args, **shown)
        everybody.wait()
        count_password("ada", user=ada)
        return found

    monkeypatch.setattr(credentials, "count_password", lambda login, *, user: NO_TRIES)
    monkeypatch.setattr(credentials, "authenticate", authenticate_and_count)

    answers = crowd.all_at_once(lambda: from_anywhere().sign_in(password="guessed"))

    assert outcomes(answers)[429, "throttled"] == crowd.size - 5, "what is answered gives nothing away"
    assert len(hashers.hashed) > 5


def test_room_made_without_a_lock_is_caught(settings, crowd, monkeypatch):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DEVICES_PER_USER": 3}
    ada, make_room = with_account(username="ada"), device_sessions._make_room

    def make_room_with_everybody(user, **more):
        make_room(user, **more)
        everybody.wait()

    monkeypatch.setattr(device_sessions, "_lock_of", lambda user: os.urandom(32))
    monkeypatch.setattr(device_sessions, "_make_room", make_room_with_everybody)

    # From an address each: they would wait for one another where the person's address is stored.
    crowd.at_once([from_anywhere(address=f"192.0.2.{number}").sign_in for number in range(crowd.size)])

    assert Grant.objects.filter(user=ada.user, revoked_at=None).count() > 3


def test_an_ending_that_is_rolled_back_is_caught(crowd, monkeypatch):
    monkeypatch.setattr(redeem, "end_grant", end_grant_in_a_transaction_that_fails)
    device = Device(with_account(username="ada"))

    answers = crowd.all_at_once(device.refresh)

    assert outcomes(answers) == {(200, ""): 1, (401, "refresh_token_reused"): crowd.size - 1}
    assert not device.is_over


def test_a_factor_whose_changes_do_not_wait_for_each_other_is_caught(tess, uncounted, crowd_of, monkeypatch):
    """Without the one row that everybody locks first, each has what the other waits for.

    Nothing is run again here: that would hide the deadlock.
    """
    monkeypatch.setattr(database, "MOST_RUNS", 1)
    (mfa_token,), token = mfa_tokens_of(tess.user, 1), sign_in_token(tess.user, tess.account.pk)
    sign_in = partial(from_anywhere().mfa, mfa_token, tess.code())
    switch_off = partial(from_anywhere().end_totp, token, tess.code())

    both = Barrier(2, timeout=PATIENCE_SECONDS)

    answers = crowd_of(2).at_once(
        [
            awaiting(sign_in, both.wait, "UPDATE oauthcore_totpfactor"),
            awaiting(switch_off, both.wait, "UPDATE oauthcore_mfachallenge"),
        ]
    )

    assert outcomes(answers)[503, "temporarily_unavailable"] == 1
