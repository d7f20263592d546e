"""Merging the usage of past days into months, so that a grant adds at most twelve lasting rows a year.

The row of a month has the date of its first day, the sum of its days and their last use. The last 30 days
keep their own rows, because pages show them one by one. Of older days pages show only sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from oauthcore.models import Grant, Usage
from oauthcore.models.database import atomic, primary_connection, retried

#: Days keep their own rows for at least this long. Charts and sums of the last 30 days need them.
_KEPT = timedelta(days=31)
#: Rows of a batch per grant: as many as a month has days.
_ROWS_A_GRANT = 31


def merge_months(*, now: datetime, batch_size: int) -> int:
    """Merge the days that are old enough, grant by grant; return how many rows were removed.

    Each batch is one transaction, and skips grants that other transactions have locked.
    """
    removed, last = 0, 0
    while grants := _next_grants(Usage.objects.filter(grant_id__gt=last), now, batch_size):
        removed += _merge(grants, _first_kept(now))
        last = grants[-1]
    return removed


def merge_some_months(last: int, *, now: datetime, batch_size: int, among: int) -> tuple[int, int | None]:
    """Merge a batch behind a grant, and look at no more than ``among`` rows.

    Return how many rows were removed, and the grant to go on behind, or None behind the last.
    """
    rows = Usage.objects.filter(grant_id__gt=last)
    end = next(iter(rows.order_by("grant_id").values_list("grant_id", flat=True)[among - 1 : among]), None)
    grants = _next_grants(rows if end is None else rows.filter(grant_id__lte=end), now, batch_size)
    removed = _merge(grants, _first_kept(now)) if grants else 0
    return removed, grants[-1] if len(grants) == _grants_in(batch_size) else end


def _first_kept(now: datetime) -> date:
    return (now - _KEPT).date().replace(day=1)


def _grants_in(batch_size: int) -> int:
    return max(1, batch_size // _ROWS_A_GRANT)


def _next_grants(rows: QuerySet[Usage], now: datetime, batch_size: int) -> list[int]:
    """Return the first grants, ordered by key, that have a row of another day than the first of a month."""
    old = rows.filter(day__lt=_first_kept(now), day__day__gt=1)
    keys = old.order_by("grant_id").values_list("grant_id", flat=True).distinct()
    return list(keys[: _grants_in(batch_size)])


@retried
def _merge(grants: list[int], before: date) -> int:
    rows = Usage.objects
    with atomic():
        held = list(_locked(Grant.objects.filter(pk__in=grants)).values_list("pk", flat=True))
        old = rows.select_for_update().filter(grant_id__in=held, day__lt=before).order_by("pk")
        kept, merged = _months_of(old)
        rows.filter(pk__in=merged).delete()
        rows.bulk_update(kept, ["day", "count", "last_at", "last_address"], batch_size=100)
    return len(merged)


def _locked(grants: QuerySet[Grant]) -> QuerySet[Any]:
    """Lock the grants that are not locked. Then nobody can delete them or merge their rows."""
    features = primary_connection().features
    return grants.order_by("pk").select_for_update(
        skip_locked=features.has_select_for_update_skip_locked, no_key=features.has_select_for_no_key_update
    )


def _months_of(rows: Iterable[Usage]) -> tuple[list[Usage], list[int]]:
    """Return the rows of months that replace these rows, and the keys of the rows to delete."""
    months: defaultdict[tuple[int, date], list[Usage]] = defaultdict(list)
    for row in rows:
        months[row.grant_id, row.day.replace(day=1)].append(row)
    kept, merged = [], []
    for (_, first), days in months.items():
        days.sort(key=lambda row: row.day)
        # If the grant was used on the first day of the month, that row becomes the month's.
        row, last = days[0], max(days, key=lambda one: one.last_at)
        if len(days) > 1 or row.day != first:
            row.count = sum(one.count for one in days)
            row.day, row.last_at, row.last_address = first, last.last_at, last.last_address
            kept.append(row)
            merged += [one.pk for one in days[1:]]
    return kept, merged
