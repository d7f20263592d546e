"""A site of the field in a process of its own, which does one thing at a time, as the leading process asks.

The processes are started afresh (``spawn``), and end when the leading one closes its end of the pipe or ends.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from benchmarks import DATABASE_VARIABLE
from benchmarks.field.products import Entrant

SECONDS_TO_ANSWER = 300


class SiteError(Exception):
    """A site failed: the text is what went wrong there."""


@dataclass(frozen=True)
class Counts:
    """What a call takes, apart from time."""

    statements: int
    hashes: int


@dataclass
class Site:
    """A site, seen from the leading process."""

    entrant: Entrant
    database_url: str
    _connection: Any
    operations: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.entrant.name

    def begin(self) -> None:
        """Make its tables, applications, people and tokens, without waiting until it has."""
        self._connection.send(("begin",))

    def has_begun(self) -> None:
        self.operations = self._answer()

    def measure(self, operation: str, profile: str, calls: int) -> float:
        """Return the median microseconds of a call."""
        microseconds: float = self._ask("measure", operation, profile, calls)
        return microseconds

    def counts(self, operation: str) -> Counts:
        counts: Counts = self._ask("counts", operation)
        return counts

    def raw_requests(self, operation: str, count: int) -> list[bytes]:
        """Return requests as they are sent through a socket."""
        requests: list[bytes] = self._ask("raw_requests", operation, count)
        return requests

    def hash_times(self) -> dict[str, float]:
        times: dict[str, float] = self._ask("hash_times")
        return times

    def _ask(self, *request: object) -> Any:
        self._connection.send(request)
        return self._answer()

    def _answer(self) -> Any:
        if not self._connection.poll(SECONDS_TO_ANSWER):
            raise SiteError(f"{self.name}: no answer within {SECONDS_TO_ANSWER} seconds")
        try:
            is_right, answer = self._connection.recv()
        except EOFError:
            raise SiteError(f"{self.name}: its process ended") from None
        if not is_right:
            raise SiteError(f"{self.name}: {answer}")
        return answer


@contextmanager
def running(entrant: Entrant, database_url: str) -> Iterator[Site]:
    """Start a site on an empty database; end it afterwards."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(entrant, database_url, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Site(entrant, database_url, ours)
    finally:
        ours.close()
        process.join(10)
        if process.is_alive():
            process.kill()


def _serve(entrant: Entrant, database_url: str, connection: Connection) -> None:
    """Answer the leading process until it goes away."""
    os.environ[DATABASE_VARIABLE] = database_url
    os.environ["DJANGO_SETTINGS_MODULE"] = entrant.settings_module
    worker = None
    while True:
        try:
            name, *rest = connection.recv()
        except (EOFError, KeyboardInterrupt):
            break
        try:
            worker = worker or importlib.import_module("benchmarks.field.worker").Worker(entrant)
            answer = True, getattr(worker, name)(*rest)
        except Exception as problem:
            answer = False, f"{type(problem).__name__}: {problem}"
        connection.send(answer)
    if worker is not None:
        worker.end()
