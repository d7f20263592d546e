"""Cleaning up: removing old rows in small batches, so that no lock lasts long.

It only keeps tables and backups small: ended rows are refused at use anyway. Rows for replay detection (used
codes, used refresh tokens) stay until their grant has ended.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import F

from oauthcore.flows.upkeep.pace import Pace
from oauthcore.flows.upkeep.removing import Rows, Sort, remove_batch
from oauthcore.flows.upkeep.sorts import approved, never_approved, sorts
from oauthcore.flows.upkeep.usage_months import merge_months
from oauthcore.models import Application, CleanupRun
from oauthcore.models.database import retried
from oauthcore.observing import metrics

#: How long ended grants and deleted applications stay, if nobody says otherwise.
KEEP = timedelta(days=30)
#: How many rows of a table one statement looks at, at most, and for each row that it may remove.
_AMONG, _AMONG_FOR_EACH = 20_000, 20
#: How many rows one transaction changes, at most, where each is read.
_FEW = 2000
#: What the last step is called, which removes nothing but merges.
MERGED = "days of usage merged into months"


@dataclass(frozen=True)
class Removed:
    """The number of removed rows of one sort."""

    what: str
    count: int


def clean_up(*, now: datetime, keep: timedelta, batch_size: int) -> Iterator[Removed]:
    """Remove rows that are no longer needed, and yield the number of rows of each sort.

    ``keep`` is how long ended grants and deleted applications stay, so that staff can look them up. Each
    batch is one transaction and skips rows that other transactions have locked. So several of these can run
    beside the site, and each can be killed at any point.

    A sort that the database refuses to remove, because a row of the site's own points there, is left out.
    Its IntegrityError is raised at the end.
    """
    few = min(batch_size, _FEW)
    rows = with_unnoted_approval()
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:few]):
        note_approvals(keys)
    refused: IntegrityError | None = None
    for sort in sorts(now, keep=keep):
        try:
            removed = _remove(sort, batch_size)
        except IntegrityError as error:
            refused = refused or error
            continue
        yield from (Removed(what, count_removed(what, removed[what])) for what in sort.whats)
    yield Removed(MERGED, count_removed(MERGED, merge_months(now=now, batch_size=few)))
    if refused is not None:
        raise refused
    CleanupRun.note_finished(now=now)


def with_unnoted_approval() -> Rows:
    """Return the applications that have an approval, and no note that they ever had one.

    It is noted before the last approval is removed. New approvals are noted when they are given. This is for
    approvals from before that.
    """
    return never_approved().filter(approved())


@retried
def note_approvals(keys: list[int]) -> None:
    """Note of these applications that somebody has approved them."""
    Application.objects.filter(pk__in=keys).update(first_approved_at=F("created_at"))


def _remove(sort: Sort, batch_size: int) -> Counter[str]:
    """Walk once along the primary key and remove the rows batch by batch; return how many were removed.

    No statement looks at more than a stretch of the table, so none is long where there is little to remove.
    """
    rows, pace = sort.rows(), Pace(batch_size)
    removed, last = Counter[str](), None
    while True:
        stretch, end = next_of(rows, last, among=min(_AMONG, _AMONG_FOR_EACH * pace.rows))
        behind = stretch
        while True:
            began = time.monotonic()
            batch = remove_batch(sort, behind, pace.rows)
            pace.note(time.monotonic() - began)
            removed += batch.removed
            if batch.goes_on_behind is not None:
                behind = stretch.filter(pk__gt=batch.goes_on_behind)
            elif not batch.is_to_be_repeated:
                break
        if end is None:
            return removed
        last = end


def next_of(rows: Rows, last: Any, *, among: int) -> tuple[Rows, Any]:
    """Return those of the rows that are among the table's next ones behind a key, and where those end.

    ``last`` is None at the beginning, and the end is None behind the last row.
    """
    behind: dict[str, Any] = {} if last is None else {"pk__gt": last}
    all_rows = rows.model._default_manager.filter(**behind).order_by("pk")
    end = next(iter(all_rows.values_list("pk", flat=True)[among - 1 : among]), None)
    within = behind if end is None else {**behind, "pk__lte": end}
    return rows.filter(**within), end


def count_removed(what: str, count: int) -> int:
    """Count removed rows in the metrics, and return their number."""
    if count:
        metrics.count("cleaned_rows", what, by=count)
    return count
