"""Cleaning up in passing: a small share of writes also removes some old rows, after the answer.

So tables stay small where nobody runs ``oauthcore_cleanup``. All processes together clean for about a second
a minute at most, one at a time. A turn takes up where the last one stopped, whichever process that was. Every
statement looks at a bounded number of rows, however large the table is.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.signals import request_finished
from django.db import DatabaseError
from django.dispatch import receiver
from django.utils import timezone

from oauthcore.flows.upkeep.cleanup import (
    KEEP,
    MERGED,
    count_removed,
    next_of,
    note_approvals,
    with_unnoted_approval,
)
from oauthcore.flows.upkeep.removing import Sort, remove_batch
from oauthcore.flows.upkeep.sorts import sorts
from oauthcore.flows.upkeep.usage_months import merge_some_months
from oauthcore.models import CleanupRun, sweeping
from oauthcore.observing import observed
from oauthcore.recording.after_answers import AfterAnswers
from oauthcore.recording.batch_writer import is_test_run

logger = logging.getLogger("oauthcore")

#: How long a turn goes on. The statement that is running then is the last one.
SECONDS = 1.0
#: How many rows one statement looks at, and how many one transaction removes, at most.
_AMONG, _BATCH = 1000, 200
_APPROVALS = "approvals"

#: Goes on behind a key, which is empty at first. Returns the number of removed rows by name, and the key to
#: go on behind, or None behind the last.
Pass = Callable[[str], tuple[Mapping[str, int], str | None]]


@dataclass(frozen=True)
class Step:
    """One part of the clean-up."""

    what: str
    pass_on: Pass


@observed("oauthcore cleanup turn")
def turn(*, now: datetime) -> bool:
    """Clean up for a short while, if it is this process's turn; return whether it was.

    A step that the database refuses is left out until the next time round.
    """
    run = CleanupRun.claim(now=now)
    if run is None:
        return False
    steps = _steps(now)
    at = next((number for number, step in enumerate(steps) if step.what == run.step), 0)
    key: str | None = run.last_key if steps[at].what == run.step else ""
    ends_at = time.monotonic() + SECONDS
    while at < len(steps):
        try:
            removed, key = steps[at].pass_on(key or "")
            for what, count in removed.items():
                count_removed(what, count)
        except DatabaseError:
            logger.warning("cleaning up failed: %s", steps[at].what, exc_info=True)
            key, ends_at = None, 0.0
        at += key is None
        if time.monotonic() >= ends_at:
            break
    run.give_back(step=steps[at].what if at < len(steps) else "", last_key=key or "", now=now)
    return True


def _steps(now: datetime) -> list[Step]:
    return [
        Step(_APPROVALS, _note_approvals),
        *(Step(sort.what, partial(_remove, sort)) for sort in sorts(now, keep=KEEP)),
        Step(MERGED, partial(_merge, now)),
    ]


def _note_approvals(last: str) -> tuple[Mapping[str, int], str | None]:
    rows, end = next_of(with_unnoted_approval(), last or None, among=_AMONG)
    note_approvals(list(rows.values_list("pk", flat=True)))
    return {}, None if end is None else str(end)


def _remove(sort: Sort, last: str) -> tuple[Mapping[str, int], str | None]:
    rows, end = next_of(sort.rows(), last or None, among=_AMONG)
    batch = remove_batch(sort, rows, _BATCH)
    if batch.is_to_be_repeated:
        return batch.removed, last
    reached = end if batch.goes_on_behind is None else batch.goes_on_behind
    return batch.removed, None if reached is None else str(reached)


def _merge(now: datetime, last: str) -> tuple[Mapping[str, int], str | None]:
    removed, end = merge_some_months(int(last or 0), now=now, batch_size=_BATCH, among=_AMONG)
    return {MERGED: removed}, None if end is None else str(end)


class Cleaner(AfterAnswers):
    """Takes a turn when enough was written."""

    name, broken = "oauthcore-cleanup", "cleaning up failed"

    def __init__(self) -> None:
        super().__init__(sweeping.share.due)

    def work(self) -> None:
        """Take a turn."""
        turn(now=timezone.now())


cleaner = Cleaner()


@receiver(request_finished, dispatch_uid="oauthcore.cleaning_in_passing")
def clean_after(**_: Any) -> None:
    """Clean up after the answer of a request that wrote. It is a receiver of ``request_finished``."""
    if not is_test_run():
        cleaner.notice()
