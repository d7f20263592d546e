"""Moments for programs: in UTC, whether the site stores times with or without time zone."""

from __future__ import annotations

from datetime import UTC, datetime


def in_utc(moment: datetime) -> datetime:
    """Return a moment in UTC. A moment without zone is in the zone of the process, which Django sets."""
    return moment.astimezone(UTC)


def timestamp(moment: datetime | None) -> str | None:
    """Return a moment as RFC 3339 in UTC: ``2030-06-15T12:00:00Z``; None for None."""
    return None if moment is None else in_utc(moment).isoformat().replace("+00:00", "Z")


def to_the_minute(moment: datetime) -> str:
    """Write a moment for a person at a terminal: ``2030-06-15 12:00 UTC``."""
    return f"{in_utc(moment):%Y-%m-%d %H:%M} UTC"


def with_offset(moment: datetime | None) -> str | None:
    """Write a moment for scripts, as ISO 8601 with its offset: ``2030-06-15T12:00:00+00:00``."""
    return None if moment is None else in_utc(moment).isoformat()
