"""Mutants of single use: ways in which others let one code or token be spent twice.

``wait`` is called within the window that each of them opens. A test may wait there for everybody else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction

from oauthcore.models import AuthorizationCode, RecoveryCode, Token, TOTPFactor, token_statements
from oauthcore.rules.sign_in import recovery_codes

Wait = Callable[[], object]
Use = Callable[..., bool]


def _storing(mutant: Callable[[Wait], Use]) -> Callable[[Wait], Use]:
    """Decorator: insert the rows of the new tokens too, in the transaction of the use."""

    @wraps(mutant)
    def with_rows(wait: Wait) -> Use:
        use = mutant(wait)

        def use_and_insert(one: Any, *args: Any, rows: Any, **values: Any) -> bool:
            with transaction.atomic():
                is_first = use(one, *args, **values)
                if is_first:
                    token_statements.INSERT.run(rows)
            return is_first

        return use_and_insert

    return with_rows


@_storing
def code_by_check_then_set(wait: Wait) -> Use:
    """Look whether the code is unused, and mark it afterwards."""

    def use(code: Any, *, now: Any) -> bool:
        is_unused = AuthorizationCode.objects.filter(pk=code.pk, used_at__isnull=True).exists()
        wait()
        AuthorizationCode.objects.filter(pk=code.pk).update(used_at=now)
        return is_unused

    return use


@_storing
def code_by_lock_and_earlier_read(wait: Wait) -> Use:
    """Lock the row, and decide by what was read before."""

    def use(code: Any, *, now: Any) -> bool:
        wait()
        locked = AuthorizationCode.objects.select_for_update().get(pk=code.pk)
        AuthorizationCode.objects.filter(pk=locked.pk).update(used_at=now)
        return code.used_at is None

    return use


@_storing
def turn_by_check_then_set(wait: Wait) -> Use:
    """Look whether the turn is current, and turn afterwards."""

    def use(token: Any, spent: Any, successor: Any, *, now: Any, at: Any = None, sealed: Any = None) -> bool:
        is_current = Token.objects.filter(pk=token.pk, turn=at or spent.turn).exists()
        wait()
        Token.objects.filter(pk=token.pk).update(previous=spent.turn, turn=successor.turn, turned_at=now)
        return is_current

    return use


@_storing
def turn_by_lock_and_earlier_read(wait: Wait) -> Use:
    """Lock the row, and decide by what was read before."""

    def use(token: Any, spent: Any, successor: Any, *, now: Any, at: Any = None, sealed: Any = None) -> bool:
        wait()
        Token.objects.select_for_update().get(pk=token.pk)
        Token.objects.filter(pk=token.pk).update(previous=spent.turn, turn=successor.turn, turned_at=now)
        return bool(token.turn == (at or spent.turn))

    return use


def step_by_check_then_set(wait: Wait) -> Use:
    """Look whether the time step is later than the last one, and store it afterwards."""

    def use(factor: Any, step: int) -> bool:
        is_later = TOTPFactor.objects.filter(pk=factor.pk, last_step__lt=step).exists()
        wait()
        TOTPFactor.objects.filter(pk=factor.pk).update(last_step=step)
        return is_later

    return use


def step_by_lock_and_earlier_read(wait: Wait) -> Use:
    """Lock the factor, and decide by what was read before."""

    def use(factor: Any, step: int) -> bool:
        wait()
        TOTPFactor.objects.select_for_update().get(pk=factor.pk)
        TOTPFactor.objects.filter(pk=factor.pk).update(last_step=step)
        return bool(factor.last_step < step)

    return use


def recovery_code_by_check_then_set(wait: Wait) -> Use:
    """Look whether the recovery code is unused, and mark it afterwards."""

    def use(factor: Any, code: Any, *, now: Any) -> bool:
        digest = recovery_codes.digest_of(code.reveal(), salt=factor.uuid)
        rows = RecoveryCode.objects.filter(digest=digest)
        is_unused = rows.filter(used_at__isnull=True).exists()
        wait()
        rows.update(used_at=now)
        return is_unused

    return use
