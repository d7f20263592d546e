"""Counting what legacy applications do that OAuth 2.1 would refuse: noted in memory, written in batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from oauthcore import request_context
from oauthcore.models import Application, LegacyUse
from oauthcore.recording import daily_counts
from oauthcore.recording.batches import Batch, Tally
from oauthcore.rules.oauth.redirect_uris import without_query

_LONGEST_EXAMPLE = 500


def note(application: Application, habit: LegacyUse.Habit, *, example: str) -> None:
    """Note one legacy use of an application; ``example`` shows its developer where.

    ``example`` is a path or a URI. Its query and fragment are cut off, because they may contain secrets. No
    statement is sent.
    """
    now = timezone.now()
    batch.add(
        (application.pk, habit.value, now.date()),
        at=now,
        request_id=request_context.current().request_id,
        example=example,
    )


def _write(tallies: Mapping[Any, Tally]) -> None:
    for tally in tallies.values():
        tally.example = _shown(tally.example)
    daily_counts.add(
        LegacyUse.objects.all(),
        tallies,
        key=("application_id", "habit", "day"),
        last=("last_at", "example", "request_id"),
    )


def _shown(example: str) -> str:
    """Return an example as ASCII: a path may contain any character, and PostgreSQL does not store NUL."""
    return without_query(request_context.shown(example))[:_LONGEST_EXAMPLE]


batch = Batch(_write)
