"""Adding counts in memory to rows, one row a day. Several processes may add to the same row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When

from oauthcore.models.database import retried
from oauthcore.recording.batches import Tally

_ROWS_A_STATEMENT = 200

Items = list[tuple[tuple[Any, ...], Tally]]


def add(
    rows: QuerySet[Any], tallies: Mapping[Any, Tally], *, key: Sequence[str], last: Sequence[str]
) -> None:
    """Add tallies to the rows of their keys, and make missing rows.

    ``key`` names the columns for the parts of a key; a unique constraint covers them. ``last`` names the
    columns for the last time, which are attributes of the tally too. The database adds the counts, so
    processes that write at the same time lose none.
    """
    items = sorted(tallies.items())
    for start in range(0, len(items), _ROWS_A_STATEMENT):
        _add_some(rows, items[start : start + _ROWS_A_STATEMENT], key, last)


@retried
def _add_some(rows: QuerySet[Any], items: Items, key: Sequence[str], last: Sequence[str]) -> None:
    named = [(dict(zip(key, values, strict=True)), tally) for values, tally in items]
    rows.bulk_create(
        [rows.model(**values, last_at=tally.last_at) for values, tally in named], ignore_conflicts=True
    )
    counts = [When(Q(**values), then=Value(tally.count)) for values, tally in named]
    told = {
        column: Case(
            *(When(Q(**values), then=Value(getattr(tally, column))) for values, tally in named),
            default=F(column),
        )
        for column in last
    }
    # This may find a few rows too many, but by the index. The defaults do not change those rows.
    among = {f"{column}__in": {values[column] for values, _ in named} for column in key}
    rows.filter(**among).update(count=F("count") + Case(*counts, default=Value(0)), **told)
