"""Counting in memory and writing at most once an interval, for what happens at every request.

Each process keeps its own tallies and adds them to the rows. The first tallies are written at once, later
ones after the interval, and the rest when the process ends (``recording.batch_writer``). A process that is
killed loses the counts of at most one interval.
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
from oauthcore.rules.wire.networks import Address

logger = logging.getLogger("oauthcore")

#: How many keys are kept between two writes. In a flood, further keys are not counted.
_MOST_KEYS = 10_000


class FirstCounted:
    """Whether a batch of this process, which was empty, has its first tally that no writer has noticed yet.

    It is no ``threading.Event``: that has a lock, which a forked process could inherit locked.
    """

    is_new = False


@dataclass
class Tally:
    """How often something happened since the last write, and time, address and request of the last time."""

    count: int
    last_at: datetime
    address: Address | None = None
    request_id: str = ""
    example: str = ""

    @property
    def last_address(self) -> str:
        """The address as text, which is made once for each write, not for each request."""
        return str(self.address or "")


class Batch:
    """Tallies by key. They are passed to ``write`` when they are due.

    They are due every ``USAGE_INTERVAL`` seconds, or every ``seconds`` if somebody waits to see them.
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
        self,
        key: Hashable,
        *,
        at: datetime,
        address: Address | None = None,
        request_id: str = "",
        example: str = "",
    ) -> None:
        """Count one more."""
        with self._lock:
            tally = self.tallies.get(key)
            if tally is not None:
                tally.count += 1
                tally.last_at, tally.address = at, address
                tally.request_id, tally.example = request_id, example
            elif len(self.tallies) < _MOST_KEYS:
                is_first = not self.tallies
                self.tallies[key] = Tally(1, at, address, request_id, example)
                if is_first:
                    FirstCounted.is_new = True

    def due_at(self) -> float:
        """Return when to write (``time.monotonic``): an interval after the last write.

        It is infinity while there is nothing to write.
        """
        if not self.tallies:
            return math.inf
        return self._written_at + min(conf.settings().USAGE_INTERVAL, self._seconds)

    def flush_if_due(self) -> bool:
        """Write the tallies if the last write is an interval ago; return whether it was due."""
        is_due = self.due_at() <= time.monotonic()
        if is_due:
            self.flush()
        return is_due

    def start_anew(self) -> None:
        """Forget all tallies in a forked process: its parent writes them."""
        self._lock = Lock()
        self.drain()

    def drain(self) -> Mapping[Hashable, Tally]:
        """Return all tallies and forget them, without writing."""
        with self._lock:
            tallies, self.tallies = self.tallies, {}
            self._written_at = time.monotonic()
        return tallies

    def flush(self) -> None:
        """Write all tallies. If the database is down, the counts are lost, but no request fails."""
        tallies = self.drain()
        if not tallies:
            return
        try:
            self._write(tallies)
        except DatabaseError:
            logger.warning("counts of %d keys could not be written and are lost", len(tallies), exc_info=True)
