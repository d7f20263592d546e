"""Allowances: how many rows of a sort a process may write a minute, whatever a flood brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from datetime import datetime
from threading import Lock


class Allowance:
    """So many different things a minute are taken for each name, and so many in all, in this process."""

    def __init__(self, *, each: int, in_all: int) -> None:
        self._each, self._in_all = each, in_all
        self._lock = Lock()
        self._minute: datetime | None = None
        self._taken: dict[str, set[Hashable]] = defaultdict(set)
        self._total = 0

    def take(self, name: str, thing: Hashable, at: datetime) -> bool:
        """Return whether a thing is within the allowance; one that was taken this minute still is."""
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
        """Begin anew, as a process does."""
        with self._lock:
            self._begin(None)

    def _begin(self, minute: datetime | None) -> None:
        self._minute, self._total = minute, 0
        self._taken = defaultdict(set)
