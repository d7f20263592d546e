"""Tables that clean themselves: a process that adds rows also removes some old rows.

So such a table stays small, also during a flood and without a cleanup job.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from itertools import count
from typing import Any

from django.db.models import QuerySet

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
