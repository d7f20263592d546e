"""Counting in memory, writing at most once an interval: for what happens at every request but matters in sum.

Each process keeps its own tallies and adds them to the rows. The first are written at once, later ones when
the interval has passed, and the rest when the process ends: ``recording.batch_writer`` sees to that. A
process that is killed loses at most one interval's counts.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.db import DatabaseError

from oauthcore import conf

logger = logging.getLogger("oauthcore")

#: So many different keys are kept between two writes; what a flood brings beyond them is not counted.
_MOST_KEYS = 10_000


@dataclass
class Tally:
    """How often something happened since the last write, and when, from where and in which request last."""

    count: int
    last_at: datetime
    last_address: str = ""
    request_id: str = ""
    example: str = ""


class Batch:
    """Tallies by key, handed to ``write`` when they are due.

    That is every ``USAGE_INTERVAL`` seconds, or every ``seconds`` for what somebody is waiting to see.
    """

    def __init__(
        self, write: Callable[[Mapping[Hashable, Tally]], None], *, seconds: float = math.inf
    ) -> None:
        self._write = write
        self._seconds = seconds
        #: What was counted since the last write.
        self.tallies: dict[Hashable, Tally] = {}
        self._lock = Lock()
        self._written_at = -math.inf

    def add(
        self, key: Hashable, *, at: datetime, address: str = "", request_id: str = "", example: str = ""
    ) -> None:
        """Count one more."""
        with self._lock:
            tally = self.tallies.get(key)
            if tally is not None:
                tally.count += 1
                tally.last_at, tally.last_address = at, address
                tally.request_id, tally.example = request_id, example
            elif len(self.tallies) < _MOST_KEYS:
                self.tallies[key] = Tally(1, at, address, request_id, example)

    def due_at(self) -> float:
        """Return the moment (of ``time.monotonic``) to write at: an interval after the last write.

        It is infinitely far while there is nothing to write.
        """
        if not self.tallies:
            return math.inf
        return self._written_at + min(conf.settings().USAGE_INTERVAL, self._seconds)

    def flush_if_due(self) -> bool:
        """Write what has come together if the last write is an interval ago; return whether it was due."""
        is_due = self.due_at() <= time.monotonic()
        if is_due:
            self.flush()
        return is_due

    def start_anew(self) -> None:
        """Forget everything in a process that was forked: its parent counts and writes what was gathered."""
        self._lock = Lock()
        self.drain()

    def drain(self) -> Mapping[Hashable, Tally]:
        """Take out what has come together, without writing it."""
        with self._lock:
            tallies, self.tallies = self.tallies, {}
            self._written_at = time.monotonic()
        return tallies

    def flush(self) -> None:
        """Write what has come together; a database that is down costs the counts, never the request."""
        tallies = self.drain()
        if not tallies:
            return
        try:
            self._write(tallies)
        except DatabaseError:
            logger.warning("counts of %d keys could not be written and are lost", len(tallies), exc_info=True)
