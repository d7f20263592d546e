"""Allowances: how many rows of one kind a process may write in a minute, also during a flood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from datetime import datetime
from threading import Lock


class Allowance:
    """How many different things a minute this process accepts: ``each`` for one name, and ``in_all``."""

    def __init__(self, *, each: int, in_all: int) -> None:
        self._each, self._in_all = each, in_all
        self._lock = Lock()
        self._minute: datetime | None = None
        self._taken: dict[str, set[Hashable]] = defaultdict(set)
        self._total = 0

    def take(self, name: str, thing: Hashable, at: datetime) -> bool:
        """Return whether a thing is within the allowance. A thing that was accepted this minute still is."""
        minute = at.replace(second=0, microsecond=0)
        with self._lock:
            if minute != self._minute:
                self._begin(minute)
            taken = self._taken[name] if name in self._taken or self._total < self._in_all else set()
            if thing in taken:
                return True
            if len(taken) >= self._each or self._total >= self._in_all:
                return False
            taken.add(thing)
            self._total += 1
            return True

    def forget(self) -> None:
        """Reset it, as in a new process."""
        with self._lock:
            self._begin(None)

    def _begin(self, minute: datetime | None) -> None:
        self._minute, self._total = minute, 0
        self._taken = defaultdict(set)
