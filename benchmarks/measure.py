"""The measuring: what belongs together in one round, in a new random order each round."""

from __future__ import annotations

import gc
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from benchmarks import database
from benchmarks.products import Operation
from benchmarks.requests import Answer, Environ, send

CALLS_TO_WARM_UP = 8  # more than psycopg and PostgreSQL want to see of a statement before they keep its plan


class Key(NamedTuple):
    """What a measured time belongs to."""

    operation: str
    product: str
    profile: str


NOTHING: AbstractContextManager[None] = nullcontext()

Timings = dict[Key, dict[int, float]]
"""Microseconds of a call, by round."""


@dataclass(frozen=True)
class Subject:
    """An operation on one connection: how many calls make a figure, and in how many rounds it takes part."""

    operation: Operation
    profile: str
    connection: BaseDatabaseWrapper
    calls: int
    rounds: int

    @property
    def key(self) -> Key:
        return Key(self.operation.name, self.operation.product, self.profile)

    def measure(self, calls: int | None = None) -> float:
        """Return the median microseconds of a call; whatever is not the call itself stands outside the clock.

        Raises UnexpectedAnswerError if any answer is not the one wanted.
        """
        database.use(self.connection)
        requests = self.operation.prepare(calls or self.calls)
        answers: list[Answer] = []
        times: list[int] = []
        for request in requests:
            answer, taken = self._send(request)
            if self.operation.follow is not None:
                answer, more = self._send(self.operation.follow(answer))
                taken += more
            times.append(taken)
            answers.append(answer)
        for answer in answers:
            self.operation.check(answer)
        return median(times) / 1000

    def count_statements(self, around: AbstractContextManager[object] = NOTHING) -> int:
        """Return how many SQL statements one call takes, without BEGIN and COMMIT: those use no cursor.

        The call, without its preparation, is made in the context ``around``.
        """
        database.use(self.connection)
        statements = []

        def count(execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
            statements.append(statement)
            return execute(statement, *rest)

        (request,) = self.operation.prepare(1)
        with self.connection.execute_wrapper(count), around:
            answer = send(self.operation.handler, request)
            if self.operation.follow is not None:
                answer = send(self.operation.handler, self.operation.follow(answer))
        self.operation.check(answer)
        return len(statements)

    def _send(self, request: Environ) -> tuple[Answer, int]:
        started = time.perf_counter_ns()
        answer = send(self.operation.handler, request)
        return answer, time.perf_counter_ns() - started


def warm_up(subjects: Iterable[Subject]) -> None:
    """Call everything a few times, so that imports, caches and prepared statements are there."""
    for subject in subjects:
        subject.measure(min(CALLS_TO_WARM_UP, subject.calls) if subject.calls == 1 else CALLS_TO_WARM_UP)
    gc.collect()
    gc.freeze()  # what is alive by now stays alive; collecting goes on for what the requests make


def run(subjects: list[Subject], *, rounds: int, seconds: float, tell: Callable[[int], None]) -> Timings:
    """Measure round by round until the rounds or the seconds are used up; at least one round is whole."""
    timings: Timings = defaultdict(dict)
    ends_at = time.monotonic() + seconds
    for number in range(rounds):
        taking_part = [subject for subject in subjects if number < subject.rounds]
        random.shuffle(taking_part)
        for subject in taking_part:
            timings[subject.key][number] = subject.measure()
        tell(number + 1)
        if time.monotonic() > ends_at:
            break
    return timings
