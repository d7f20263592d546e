"""Windows between the statements of acts: held open for a while, or until another act has come so far.

Pauses of any length let acts meet in an order that chance decides. An order that a test has to meet is made
instead: one act waits until the other has come to a statement.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from threading import Event
from typing import Any

from django.db import connection

from tests.support.races.crowd import PATIENCE_SECONDS, Act
from tests.support.statements import first_part

Execute = Callable[..., Any]


def slowly(act: Act, *statements: str, seconds: float = 0.01) -> Act:
    """Return the act with a pause before each statement that begins like these, written as ``first_part``.

    A pause has any length up to ``seconds``.
    """

    def pause(execute: Execute, sql: str, params: Any, many: bool, context: Any) -> Any:
        if first_part(sql).startswith(statements):
            time.sleep(random.uniform(0, seconds))
        return execute(sql, params, many, context)

    return _wrapped(act, pause)


class Moment:
    """A moment that one act comes to, and others wait for."""

    def __init__(self) -> None:
        self._event = Event()

    def come(self) -> None:
        self._event.set()

    def wait(self) -> None:
        assert self._event.wait(PATIENCE_SECONDS), "the moment that an act waits for has not come"


def awaiting(act: Act, wait: Callable[[], object], *statements: str) -> Act:
    """Return the act, which waits before its first statement that begins like these, or else before all."""
    came = Event()

    def wait_before(execute: Execute, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not came.is_set() and first_part(sql).startswith(statements):
            came.set()
            wait()
        return execute(sql, params, many, context)

    def run() -> Any:
        if not statements:
            wait()
            return act()
        found = _wrapped(act, wait_before)()
        assert came.is_set(), f"the act runs no {statements}"
        return found

    return run


def reaching(act: Act, come: Callable[[], object], *statements: str) -> Act:
    """Return the act, which tells when it has run a statement that begins like these, or else all of them."""
    came = Event()

    def tell_after(execute: Execute, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        if not came.is_set() and first_part(sql).startswith(statements):
            came.set()
            come()
        return found

    def run() -> Any:
        try:
            found = _wrapped(act, tell_after)() if statements else act()
        finally:
            if not came.is_set():
                come()
        assert came.is_set() or not statements, f"the act runs no {statements}"
        return found

    return run


def head_start(first: Sequence[Act], *statements: str, then: Sequence[Act]) -> list[Act]:
    """Return all acts; the later begin when each of the first has run such a statement, or else is over."""
    moments = [Moment() for _ in first]

    def wait() -> None:
        for one in moments:
            one.wait()

    leading = [reaching(act, one.come, *statements) for act, one in zip(first, moments, strict=True)]
    return [*leading, *(awaiting(act, wait) for act in then)]


def _wrapped(act: Act, wrapper: Callable[..., Any]) -> Act:
    def run() -> Any:
        with connection.execute_wrapper(wrapper):
            return act()

    return run
