"""Last use and counts of grants: noted at every verified request, written in batches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Case, F, Value, When

from oauthcore.batches import Batch, Tally
from oauthcore.models import Usage
from oauthcore.models.database import primary

_ROWS_A_STATEMENT = 200


def note(grant_id: int, *, at: datetime, address: str) -> None:
    """Note that a token of a grant was used."""
    batch.add((grant_id, at.date()), at=at, address=address)


def _write(tallies: Mapping[Any, Tally]) -> None:
    items = sorted(tallies.items())
    for start in range(0, len(items), _ROWS_A_STATEMENT):
        _write_some(items[start : start + _ROWS_A_STATEMENT])


def _write_some(items: list[tuple[tuple[int, Any], Tally]]) -> None:
    rows = Usage.objects.using(primary())
    rows.bulk_create(
        [Usage(grant_id=grant_id, day=day, last_at=tally.last_at) for (grant_id, day), tally in items],
        ignore_conflicts=True,
    )
    this = {key: When(grant_id=key[0], day=key[1]) for key, _ in items}
    rows.filter(grant_id__in={key[0] for key, _ in items}, day__in={key[1] for key, _ in items}).update(
        count=F("count") + Case(*(_then(this[key], tally.count) for key, tally in items), default=Value(0)),
        last_at=Case(*(_then(this[key], tally.last_at) for key, tally in items), default=F("last_at")),
        last_address=Case(
            *(_then(this[key], tally.last_address) for key, tally in items), default=F("last_address")
        ),
    )


def _then(when: When, value: object) -> When:
    return When(when.condition, then=Value(value))


batch = Batch(_write)
