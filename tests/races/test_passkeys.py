"""Passkeys in many hands at once: one answer is one login, and none outlives the factor it stands beside."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from oauthcore.flows.second_factor import passkeys
from oauthcore.flows.second_factor.totp_settings import remove_second_factor
from oauthcore.models import MFAChallenge, Passkey, SecurityEvent, TOTPFactor, database
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.errors.sign_in import InvalidMFAToken
from oauthcore.rules.sign_in.passkeys import PasskeyRefused, Problem
from tests.support.passkeys.authenticator import SecurityKey
from tests.support.passkeys.owners import Person, answers, with_factor
from tests.support.races.signing_in import (
    ANSWERING,
    CHALLENGE,
    HOLDING_CODES,
    UNLIMITED,
    from_anywhere,
    mfa_tokens_of,
)
from tests.support.races.windows import awaiting, head_start, slowly
from tests.support.sign_in.people import with_second_factor
from tests.support.waiting import wait_until_somebody_waits

ADDING = "INSERT INTO oauthcore_passkey"


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | UNLIMITED


def attempt(act):
    """Return what came of an act: a refusal where there was one."""
    try:
        return act()
    except OAuthError as refusal:
        return refusal


def end(factor):
    with transaction.atomic():
        remove_second_factor(factor, reason="by the person", now=timezone.now())


@pytest.mark.parametrize("counts", [True, False], ids=["counts", "never counts"])
def test_one_answer_in_many_hands_is_one_login(counts, crowd):
    ada = with_factor()
    ada.key = SecurityKey(counts=counts)
    ada.add()
    challenge = ada.challenge()
    ceremony = passkeys.begin_authentication(challenge)
    text = ada.key.sign(ceremony.options)
    hands = [MFAChallenge.find(pk=challenge.pk) for _ in range(crowd.size)]

    came = crowd.at_once([partial(attempt, partial(answers, one, ceremony.state, text)) for one in hands])

    assert [one for one in came if one is True] == [True]
    assert all(one in (True, False) or isinstance(one, InvalidMFAToken) for one in came)
    assert not SecurityEvent.objects.filter(reason__contains="copied").exists()


def test_one_new_passkey_sent_many_times_is_added_once_and_the_last_place_is_one(crowd, settings):
    ada = with_factor()
    ceremony = ada.begin()
    text = ada.key.register(ceremony.options)

    came = crowd.all_at_once(partial(attempt, lambda: passkeys.register(ada.user, ceremony.state, text)))

    assert sum(isinstance(one, Passkey) for one in came) == Passkey.objects.count() == 1
    assert {one.problem for one in came if isinstance(one, PasskeyRefused)} == {Problem.KNOWN}

    settings.OAUTHCORE = {**settings.OAUTHCORE, "PASSKEYS_PER_USER": 2}
    others = [Person(ada.user) for _ in range(crowd.size)]
    begun = [(one, one.begin()) for one in others]
    came = crowd.at_once(
        [
            partial(attempt, partial(passkeys.register, ada.user, c.state, one.key.register(c.options)))
            for one, c in begun
        ]
    )

    assert sum(isinstance(one, Passkey) for one in came) == 1
    assert {one.problem for one in came if isinstance(one, PasskeyRefused)} == {Problem.TOO_MANY}
    assert SecurityEvent.objects.filter(kind="passkey_added").count() == Passkey.objects.count() == 2


@pytest.mark.not_on_mariadb("it ends one of two that insert beside each other, and that one is run again")
@pytest.mark.parametrize("leads", ["the passkey", "the code", "chance"])
def test_one_is_added_while_the_person_signs_in_elsewhere_and_neither_waits_for_the_other(
    crowd_of, leads, monkeypatch
):
    """Each wants the row that the other has, so that the database would have to refuse one of them."""
    monkeypatch.setattr(database, "MOST_RUNS", 1)
    crowd = crowd_of(2)
    for number in range(4):
        tess = with_second_factor(username=f"tess{number}")
        (token,), tess_with_key = mfa_tokens_of(tess.user, 1), Person(tess.user)
        ceremony = tess_with_key.begin()
        text = tess_with_key.key.register(ceremony.options)
        add = partial(attempt, partial(passkeys.register, tess.user, ceremony.state, text))
        sign_in = partial(from_anywhere().mfa, token, tess.code())

        if leads == "the passkey":
            add = awaiting(add, wait_until_somebody_waits, ADDING)
            passkey, signed_in = crowd.at_once(head_start([add], HOLDING_CODES, then=[sign_in]))
        elif leads == "the code":
            sign_in = awaiting(sign_in, wait_until_somebody_waits, *ANSWERING)
            signed_in, passkey = crowd.at_once(head_start([sign_in], *CHALLENGE, then=[add]))
        else:
            sign_in = slowly(sign_in, *CHALLENGE, *ANSWERING)
            signed_in, passkey = crowd.at_once([sign_in, slowly(add, "SELECT", ADDING)])

        assert isinstance(passkey, Passkey)
        assert signed_in.status == 200


@pytest.mark.parametrize(
    ("leads", "possible"), [("the passkey", {True}), ("the end", {False}), ("chance", {True, False})]
)
def test_none_is_added_to_a_factor_that_is_switched_off_at_the_same_moment(crowd_of, leads, possible):
    crowd, seen = crowd_of(2), set()
    for _ in range(20 if leads == "chance" else 5):
        ada = with_factor()
        ceremony, factor = ada.begin(), TOTPFactor.of(ada.user)
        text = ada.key.register(ceremony.options)
        add = partial(attempt, partial(passkeys.register, ada.user, ceremony.state, text))
        switch_off = partial(end, factor)

        if leads == "the passkey":
            add = awaiting(add, wait_until_somebody_waits, ADDING)
            passkey, _ = crowd.at_once(head_start([add], HOLDING_CODES, then=[switch_off]))
        elif leads == "the end":
            switch_off = awaiting(switch_off, wait_until_somebody_waits, "DELETE")
            _, passkey = crowd.at_once(head_start([switch_off], HOLDING_CODES, then=[add]))
        else:
            add = slowly(slowly(add, ADDING), HOLDING_CODES, seconds=0.04)
            switch_off = slowly(slowly(switch_off, "DELETE"), HOLDING_CODES, seconds=0.04)
            passkey, _ = crowd.at_once([add, switch_off])

        seen.add(isinstance(passkey, Passkey))
        assert not Passkey.objects.filter(user=ada.user).exists()
    assert seen <= possible
