"""The races of this folder are worth something: each catches the mistake that it is there for (rig R7).

Every mutant is a way in which others got it wrong, its window held open until everybody is in it, so that
chance has no part.
"""

from __future__ import annotations

from functools import partial
from threading import Barrier

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from oauthcore.flows.connections.withdraw import withdraw
from oauthcore.flows.oauth.grants import authorization_code
from oauthcore.models import AuthorizationCode, Consent, Grant, LimitWindow, Token
from oauthcore.models.limit_statements import Counted
from proof.mutants.single_use import (
    code_by_check_then_set,
    code_by_lock_and_earlier_read,
    turn_by_check_then_set,
    turn_by_lock_and_earlier_read,
)
from tests.support.factories import register
from tests.support.oauth import OAuthClient, with_person
from tests.support.races.crowd import CROWD_SIZE, PATIENCE_SECONDS
from tests.support.races.end_state import latest_grant, successes
from tests.support.races.mutants import end_grant_in_a_transaction_that_fails
from tests.support.races.tabs import approve_pages_at_once, in_own_tab
from tests.support.races.windows import Moment, awaiting, reaching
from tests.support.races.withdrawing import (
    ENDING,
    FORGETTING,
    OPENING,
    approved_before,
    approves,
    asks_silently,
    live,
    withdraws,
)

everybody = Barrier(CROWD_SIZE, timeout=PATIENCE_SECONDS)


@pytest.mark.parametrize("mutant", [code_by_check_then_set, code_by_lock_and_earlier_read])
def test_a_code_spent_twice_is_caught(mutant, oauth, crowd, monkeypatch):
    monkeypatch.setattr(AuthorizationCode, "use", mutant(everybody.wait))
    code = oauth.code()

    won = successes(crowd.all_at_once(partial(oauth.redeem, code)))

    assert len(won) > 1


@pytest.mark.parametrize("mutant", [turn_by_check_then_set, turn_by_lock_and_earlier_read])
def test_a_refresh_token_spent_twice_is_caught(mutant, oauth, crowd, monkeypatch):
    monkeypatch.setattr(Token, "use", mutant(everybody.wait))
    first = oauth.redeem(oauth.code()).json()

    won = successes(crowd.all_at_once(partial(oauth.refresh, first["refresh_token"])))

    assert len(won) > 1


def test_an_ending_that_is_rolled_back_is_caught(oauth, crowd, monkeypatch):
    monkeypatch.setattr(authorization_code, "end_grant", end_grant_in_a_transaction_that_fails)
    code = oauth.code()

    won = successes(crowd.all_at_once(partial(oauth.redeem, code)))

    assert len(won) == 1
    assert latest_grant().revoked_at is None


def test_a_limit_that_is_read_and_written_is_caught(crowd, settings, monkeypatch):
    def count_by_read_and_write(cls, asked, *, now):
        values = {"count": 0, "ends_at": now.replace(year=now.year + 1)}
        windows = [LimitWindow.objects.get_or_create(key=one.key, defaults=values)[0] for one in asked]
        everybody.wait()
        for window in windows:
            LimitWindow.objects.filter(pk=window.pk).update(count=window.count + 1)
        pairs = zip(asked, windows, strict=True)
        return [Counted(window.count < one.most, window.ends_at) for one, window in pairs]

    monkeypatch.setattr(LimitWindow, "count_tries", classmethod(count_by_read_and_write))
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLIENT_SECRET_LIMIT": (5, 60)}
    guess = partial(OAuthClient(register()).token, grant_type="client_credentials", client_secret="guessed")

    statuses = [one.status_code for one in crowd.all_at_once(guess)]

    assert statuses.count(401) > 5


def test_a_consent_that_is_written_without_its_lock_is_caught(crowd_of, monkeypatch):
    # All but the first, whose new row the others wait for.
    others = Barrier(7, timeout=PATIENCE_SECONDS)

    def remember_without_lock(cls, *, user, application, scopes, **_):
        before, is_new = Consent.objects.get_or_create(
            user=user, application=application, defaults={"scopes": ()}
        )
        if not is_new:
            others.wait()
        Consent.objects.filter(pk=before.pk).update(scopes=frozenset(before.scopes) | scopes)
        return before

    monkeypatch.setattr(Consent, "remember", classmethod(remember_without_lock))

    consent, asked = approve_pages_at_once(crowd_of(8))

    assert consent.scopes < asked


def test_a_silent_yes_that_does_not_hold_the_consent_is_caught(crowd_of, monkeypatch):
    printer, find, looked, withdrawn = with_person(), Consent.find, Moment(), Moment()

    def without_lock(user, named, *, is_held):
        found = find(user, named, is_held=False)
        looked.come()
        return found

    monkeypatch.setattr(Consent, "find", without_lock)
    approved_before(printer)

    # The consent is still there when the silent yes looks for it, and gone when that opens its grant.
    ending = reaching(awaiting(withdraws(in_own_tab(printer)), looked.wait), withdrawn.come)
    crowd_of(2).at_once([ending, awaiting(asks_silently(printer), withdrawn.wait, *OPENING)])

    assert live() == 1


def test_a_withdrawal_that_ends_grants_before_it_forgets_the_consent_is_caught(crowd_of):
    printer = with_person()
    approved_before(printer)
    person, application = get_user_model().objects.get(), printer.registered.application
    ended, answered = Moment(), Moment()

    def wrong_way_round():
        Grant.objects.filter(user=person).update(revoked_at=timezone.now())
        Consent.objects.filter(user=person, application=application).delete()

    ending = awaiting(reaching(wrong_way_round, ended.come, *ENDING), answered.wait, *FORGETTING)
    silent = reaching(awaiting(asks_silently(printer), ended.wait), answered.come)
    crowd_of(2).at_once([ending, silent])

    assert live() == 1
    assert withdraw(application, person, "the right way round", now=timezone.now()) == 1
    assert latest_grant().revoked_at is not None


def test_a_withdrawal_that_forgets_only_what_it_sees_is_caught(crowd_of):
    printer, forgotten, approved = with_person(), Moment(), Moment()

    def without_holding():
        Consent.objects.all().delete()
        forgotten.come()
        approved.wait()
        Grant.objects.update(revoked_at=timezone.now())

    yes = reaching(awaiting(approves(printer), forgotten.wait), approved.come)
    crowd_of(2).at_once([without_holding, yes])

    assert (live(), Consent.objects.count()) == (0, 1)
