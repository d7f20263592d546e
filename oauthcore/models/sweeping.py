"""Tables that clean themselves: a process that adds rows also removes some old rows.

So such a table stays small, also during a flood and without a cleanup job. Other tables are cleaned after a
small share of writes (``Share``).
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from contextlib import nullcontext
from itertools import count
from typing import Any

from django.db.models import QuerySet

from oauthcore import conf
from oauthcore.models.database import atomic, primary_connection


class Sweeping:
    """After every ``after`` new rows of this process, up to ``most`` old rows are removed."""

    def __init__(self, *, after: int, most: int) -> None:
        self._after, self._most = after, most
        self.start_anew()

    def start_anew(self) -> None:
        """Reset the count of new rows, as in a new process."""
        self._new_rows = count(1)

    def note_row(self, over: Callable[[], QuerySet[Any]]) -> None:
        """Note that a row was added; ``over`` returns the rows that can be removed."""
        if next(self._new_rows) % self._after == 0 and not primary_connection().in_atomic_block:
            self._remove(over())

    def _remove(self, over: QuerySet[Any]) -> None:
        can_lock = primary_connection().features.has_select_for_update_skip_locked
        with atomic() if can_lock else nullcontext():
            rows = over.select_for_update(skip_locked=True) if can_lock else over
            keys = list(rows.order_by("pk").values_list("pk", flat=True)[: self._most])
            over.filter(pk__in=keys).delete()


class Share:
    """Counts the writes of this process. After every ``CLEANUP_ON_WRITES`` of them cleaning up is ``due``."""

    def __init__(self) -> None:
        self.due = threading.Event()
        self.start_anew()
        os.register_at_fork(after_in_child=self.start_anew)

    def start_anew(self) -> None:
        """Begin at a random number, so that processes that do not live long clean up too."""
        self.due.clear()
        self._writes = count(random.randrange(1_000_000))  # noqa: S311 - it spreads the work

    def note_write(self) -> None:
        """Note that tokens were issued, or that a security event was recorded."""
        every = conf.settings().CLEANUP_ON_WRITES
        if every and next(self._writes) % every == 0:
            self.due.set()


share = Share()
