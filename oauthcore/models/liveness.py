"""Live rows in SQL: rows that have neither expired nor been ended. No other module writes this condition.

The models have the same condition in Python for one row, and check its owner too (``Grant.obstacle``).
``has_passed`` checks only an end.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from oauthcore.rules.imports.values import ENDED_THERE

M = TypeVar("M", bound=models.Model)

#: From when on an end that is near is pointed out, and what is called unused for long.
ENDS_SOON, LONG_UNUSED = timedelta(days=14), timedelta(days=90)

#: The end reasons that developers may see. Reasons that staff write are for staff.
REASONS_TO_TELL = frozenset(
    [
        "authorization code replayed",
        "refresh token replayed",
        "device code replayed",
        "revoked by the application",
        "ended by the person",
        "signed out",
        "gave way to a newer device",
        ENDED_THERE,
    ]
)


def has_passed(end: datetime | None, now: datetime) -> bool:
    """Return whether an end has passed; None never passes."""
    return end is not None and end <= now


def unexpired(now: datetime) -> Q:
    """Return the condition of rows that never expire, or expire later."""
    return Q(expires_at__isnull=True) | Q(expires_at__gt=now)


def live(now: datetime) -> Q:
    """Return the condition of rows that have neither expired nor been revoked."""
    return unexpired(now) & Q(revoked_at__isnull=True)


def expired(now: datetime) -> Q:
    """Return the condition of rows that have expired and were not revoked."""
    return Q(revoked_at__isnull=True, expires_at__lte=now)


class Expiring(models.QuerySet[M]):
    """Rows that end by expiry only (``expires_at``)."""

    def live(self, now: datetime) -> Self:
        """Return the rows that have not expired."""
        return self.filter(unexpired(now))

    def newest_first(self) -> Self:
        """Return the rows, the newest first."""
        return self.order_by("-created_at", "-pk")

    def end(self, now: datetime) -> None:
        """End them now."""
        self.update(expires_at=now)

    def end_by(self, at: datetime) -> None:
        """Let the rows end at a future time, unless they end earlier."""
        self.filter(unexpired(at)).update(expires_at=at)

    def give_way(self, *, overlap: timedelta, now: datetime) -> None:
        """End the rows for a new secret: the newest live row after the overlap, older rows now.

        The caller must hold a lock, because two rotations at once would leave three live secrets.
        """
        rows = self.live(now)
        newest = [row.pk for row in rows.newest_first()[:1]]
        rows.exclude(pk__in=newest).end(now)
        if overlap > timedelta(0):
            rows.filter(pk__in=newest).end_by(now + overlap)
        else:
            rows.filter(pk__in=newest).end(now)


class Revocable(Expiring[M]):
    """Rows that may expire, and may be revoked earlier (``revoked_at``)."""

    def live(self, now: datetime) -> Self:
        """Return the rows that have neither expired nor been revoked."""
        return self.filter(live(now))

    def end(self, now: datetime) -> None:
        """Revoke the rows that are not revoked yet."""
        self.filter(revoked_at__isnull=True).update(revoked_at=now)
