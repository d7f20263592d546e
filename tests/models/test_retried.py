"""What the database asks to be done again is done again, and nothing else (``models/database.py``)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction

from oauthcore.models import Grant, SecurityEvent, Token
from oauthcore.models.database import MOST_RUNS, not_again, retried
from tests.support.attempts import (
    Attempt,
    client_credentials,
    code,
    refresh,
    replayed_code,
    revoke,
    revoke_own,
)
from tests.support.deadlocks import Deadlock, deadlock_at
from tests.support.sign_in import requests

pytestmark = pytest.mark.django_db(transaction=True)


class Failure(OperationalError):
    """A serialization failure."""

    sqlstate = "40001"


def mysql(number: int) -> OperationalError:
    return OperationalError(number, "said the server")


def runs_with(error: Exception, *, failures: int) -> int:
    """Return how often something is run that fails so many times."""
    runs = 0

    @retried
    def act() -> int:
        nonlocal runs
        runs += 1
        if runs <= failures:
            raise error
        return runs

    return act()


@pytest.mark.parametrize("error", [Deadlock(), Failure(), mysql(1213), mysql(1020)])
def test_a_deadlock_and_a_serialization_failure_are_run_again_so_often(error: Exception) -> None:
    assert runs_with(error, failures=1) == 2
    assert runs_with(error, failures=MOST_RUNS - 1) == MOST_RUNS
    with pytest.raises(OperationalError):
        runs_with(error, failures=MOST_RUNS)


@pytest.mark.parametrize("error", [mysql(1205), mysql(2013), OperationalError("away")])
def test_a_lock_waited_for_too_long_and_a_lost_connection_are_not(error: Exception) -> None:
    with pytest.raises(type(error)):
        runs_with(error, failures=1)


def test_a_row_that_is_there_already_is_met_once_more() -> None:
    assert runs_with(IntegrityError("there already"), failures=1) == 2
    with pytest.raises(IntegrityError):
        runs_with(IntegrityError("there already"), failures=2)


def test_inside_a_transaction_nothing_is_run_again() -> None:
    with pytest.raises(Deadlock), transaction.atomic():
        runs_with(Deadlock(), failures=1)


def test_what_reaches_beyond_the_database_is_not_run_again() -> None:
    runs = 0

    @retried
    def act() -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            raise Deadlock
        with transaction.atomic():
            not_again()
        raise Deadlock

    with pytest.raises(Deadlock):
        act()
    assert runs == 2


@pytest.mark.parametrize(
    "prepare",
    [
        *(code, refresh, client_credentials, replayed_code, revoke, revoke_own),
        *(requests.sign_in, requests.first_step, requests.token),
        *(requests.second_step, requests.second_step_with_recovery_code, requests.begin_totp),
        *(requests.confirm_totp, requests.renew_recovery_codes, requests.switch_off),
        *(requests.replay, requests.sign_out, requests.end_other_devices),
    ],
    ids=lambda prepare: prepare.__name__,
)
def test_a_deadlock_costs_a_request_nothing_and_what_is_used_once_stays_used_once(
    prepare: Callable[[], Attempt | requests.Attempt], clock: Any
) -> None:
    left = None
    for turn in count(1):
        attempt: Any = prepare()
        before = [model.objects.count() for model in (Grant, Token, SecurityEvent)]
        with deadlock_at(turn) as has_failed:
            answer = attempt.send()
        assert attempt.succeeded(answer), f"the deadlock was at write {turn}"
        after = [model.objects.count() for model in (Grant, Token, SecurityEvent)]
        written = [now - then for now, then in zip(after, before, strict=True)]
        assert left in (None, written), "as much is written as without a deadlock"
        left = written
        if not has_failed():
            assert turn > 1, "nothing was written"
            break
