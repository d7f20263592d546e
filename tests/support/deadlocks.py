"""Deadlocks at the statement that a test names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.db import OperationalError, connection

from tests.support.statements import first_part

_WRITES = ("UPDATE ", "INSERT ", "DELETE ")


class Deadlock(OperationalError):
    """What a driver for PostgreSQL raises."""

    sqlstate = "40P01"


def deadlock_at(turn: int) -> AbstractContextManager[Callable[[], bool]]:
    """Let one write be the one that the database gives up to break a deadlock.

    It may be in a transaction, or be one by itself: since Django 6.0 ``bulk_create`` of one batch is.
    """
    return _deadlock(turn, lambda: True)


def deadlock_outside_transactions(turn: int) -> AbstractContextManager[Callable[[], bool]]:
    """Let one write that is a transaction of its own be that one."""
    return _deadlock(turn, lambda: not connection.in_atomic_block)


@contextmanager
def _deadlock(turn: int, is_counted: Callable[[], bool]) -> Iterator[Callable[[], bool]]:
    seen = 0

    def fail(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        if first_part(sql).startswith(_WRITES) and is_counted():
            seen += 1
            if seen == turn:
                raise Deadlock("deadlock detected")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield lambda: seen >= turn
