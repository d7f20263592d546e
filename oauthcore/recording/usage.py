"""The last use and the use counts of grants: noted at every verified request, written in batches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from oauthcore.models import Usage
from oauthcore.recording import daily_counts
from oauthcore.recording.batches import Batch, Tally
from oauthcore.rules.wire.networks import Address


def note(grant_id: int, *, at: datetime, address: Address | None) -> None:
    """Note that a token of a grant was used."""
    batch.add((grant_id, at.date()), at=at, address=address)


def _write(tallies: Mapping[Any, Tally]) -> None:
    rows = Usage.objects.all()
    daily_counts.add(rows, tallies, key=("grant_id", "day"), last=("last_at", "last_address"))


batch = Batch(_write)
