"""The mutants that spend something twice, or not together with what it is spent for."""

from __future__ import annotations

import time
from typing import Any

from proof.mutants.mutant import Broken, Mutant

#: Within so many seconds all clients of a race are in the window of a mutant.
WINDOW_SECONDS = 0.3
#: One code or token, eight clients.
ONE_CODE = {"widths": ((8, 1),), "wrong_verifiers": 0, "interrupted": 0}
ONE_FAMILY = {"families": 1, "clients": 8, "endings": 0, "unrelated": 0}
ONE_PERSON = {"clients": 4, "rounds": 1}


def wait() -> None:
    """Hold the window open."""
    time.sleep(WINDOW_SECONDS)


def _instead(use: Any) -> Broken:
    return lambda original, *args, **values: use(*args, **values)


def _codes(name: str) -> Any:
    def places() -> list[tuple[Any, str, Broken]]:
        from oauthcore.models import AuthorizationCode
        from proof.mutants import single_use

        return [(AuthorizationCode, "use", _instead(getattr(single_use, name)(wait)))]

    return places


def _turns(name: str) -> Any:
    def places() -> list[tuple[Any, str, Broken]]:
        from oauthcore.models import Token
        from proof.mutants import single_use

        return [(Token, "use", _instead(getattr(single_use, name)(wait)))]

    return places


def _second_factor(method: str, name: str) -> Any:
    def places() -> list[tuple[Any, str, Broken]]:
        from oauthcore.flows.second_factor import codes
        from oauthcore.limiter import Try
        from oauthcore.models import TOTPFactor
        from proof.mutants import single_use

        return [
            (codes, "count_code", lambda original, user, kind: Try(b"", wait=None, is_kept=True)),
            (Try, "give_back", lambda original, counted: None),
            (TOTPFactor, method, _instead(getattr(single_use, name)(wait))),
        ]

    return places


def _without_a_transaction() -> list[tuple[Any, str, Broken]]:
    from oauthcore.models.inserts import UpdateThenInsert

    def run(original: Any, both: Any, rows: Any, **values: Any) -> bool:
        is_changed: bool = both.update.run(**values) == 1
        if is_changed:
            both.insert.run(rows)
        return is_changed

    return [(UpdateThenInsert, "run", run)]


def _undone_after_the_answer() -> list[tuple[Any, str, Broken]]:
    from django.db import transaction

    from oauthcore.flows.oauth.grants import granted

    def redeem(original: Any, make: Any, use: Any) -> Any:
        with transaction.atomic():
            issued = original(make, use)
            transaction.set_rollback(True)
        return issued

    return [(granted, "redeem", redeem)]


MUTANTS = (
    Mutant(
        "code_check_then_set",
        "a code is looked at, and marked as used afterwards",
        "code_race",
        "I-1: two requests with one code were both answered with tokens",
        ONE_CODE,
        _codes("code_by_check_then_set"),
    ),
    Mutant(
        "code_stale_read",
        "a code is locked, and the earlier read decides",
        "code_race",
        "I-1: two requests with one code were both answered with tokens",
        ONE_CODE,
        _codes("code_by_lock_and_earlier_read"),
    ),
    Mutant(
        "code_used_apart",
        "a code is used in one transaction, and the tokens are made in another",
        "code_race",
        "the code was lost with the interrupted request: 400 invalid_grant",
        {**ONE_CODE, "widths": (), "interrupted": 1},
        _without_a_transaction,
    ),
    Mutant(
        "answered_and_undone",
        "tokens are answered, and their transaction is rolled back",
        "code_race",
        "I-8: a client was given a token or a code that is not in the database",
        ONE_CODE,
        _undone_after_the_answer,
    ),
    Mutant(
        "refresh_check_then_set",
        "a refresh token is looked at, and turned afterwards",
        "refresh_storm",
        "I-4: one refresh token was traded twice",
        ONE_FAMILY,
        _turns("turn_by_check_then_set"),
    ),
    Mutant(
        "refresh_stale_read",
        "a refresh chain is locked, and the earlier read decides",
        "refresh_storm",
        "I-4: one refresh token was traded twice",
        ONE_FAMILY,
        _turns("turn_by_lock_and_earlier_read"),
    ),
    Mutant(
        "step_check_then_set",
        "codes of a person are not looked at one by one, and a time step is stored after it was looked at",
        "second_factor_race",
        "I-10: the code of one time step has signed somebody in twice",
        ONE_PERSON,
        _second_factor("use_step", "step_by_check_then_set"),
    ),
    Mutant(
        "step_stale_read",
        "codes of a person are not looked at one by one, and the time step that was read before decides",
        "second_factor_race",
        "I-10: the code of one time step has signed somebody in twice",
        ONE_PERSON,
        _second_factor("use_step", "step_by_lock_and_earlier_read"),
    ),
    Mutant(
        "recovery_check_then_set",
        "codes of a person are not looked at one by one, and a recovery code is marked after a look at it",
        "second_factor_race",
        "I-10: one recovery code has signed somebody in twice",
        ONE_PERSON,
        _second_factor("use_recovery_code", "recovery_code_by_check_then_set"),
    ),
)
