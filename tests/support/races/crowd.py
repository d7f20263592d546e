"""Threads that act at the same instant, each with a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connections

Act = Callable[[], Any]

#: Whoever waits longer for the others than this has lost one of them.
PATIENCE_SECONDS = 60

#: How many make a crowd where a test names no number.
CROWD_SIZE = 16


class Crowd:
    """So many threads. They and their connections last until ``leave``, so that a round costs no start."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._pool = ThreadPoolExecutor(size, thread_name_prefix="crowd")

    def at_once(self, acts: Sequence[Act]) -> list[Any]:
        """Let each act be done by a thread of its own, all starting together; return what came of them."""
        assert len(acts) <= self.size
        barrier = Barrier(len(acts), timeout=PATIENCE_SECONDS)

        def wait_and(act: Act) -> Any:
            barrier.wait()
            return act()

        return [one.result() for one in [self._pool.submit(wait_and, act) for act in acts]]

    def all_at_once(self, act: Act) -> list[Any]:
        """Let everybody do the same at the same instant."""
        return self.at_once([act] * self.size)

    def leave(self) -> None:
        """Close every connection and end the threads."""
        self.all_at_once(connections.close_all)
        self._pool.shutdown()
