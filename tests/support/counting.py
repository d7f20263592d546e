"""A batch that is written to a list, so that tests can say when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from oauthcore.recording.batch_writer import Writer
from oauthcore.recording.batches import Batch

NOW = datetime(2030, 6, 15, 12, 0, tzinfo=UTC)


class Counted:
    """A batch that is written to a list, and a writer of it."""

    def __init__(self, seconds: float) -> None:
        self.written: list[int] = []
        self.is_written = threading.Event()
        self.batch = Batch(self._write, seconds=seconds)
        self.writer = Writer([self.batch])

    def _write(self, tallies):
        self.written.append(sum(tally.count for tally in tallies.values()))
        self.is_written.set()

    def request(self) -> None:
        """Count one, as a request does that has been answered."""
        self.batch.add("key", at=NOW)
        self.writer.notice()

    def await_write(self) -> list[int]:
        assert self.is_written.wait(30)
        self.is_written.clear()
        return self.written


@contextmanager
def making() -> Iterator[Callable[[float], Counted]]:
    """Make such batches, which are written once in so many seconds, and end their threads."""
    made: list[Counted] = []

    def make(seconds: float) -> Counted:
        made.append(Counted(seconds))
        return made[-1]

    yield make
    for one in made:
        one.writer.end()
