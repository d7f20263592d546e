"""What is live, in SQL: rows that have neither expired nor been ended. Nothing else writes this condition.

The models say the same of one row in Python, with the owner asked as well (``Grant.obstacle``). Where only an
end is asked after, ``has_passed`` says whether it is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

M = TypeVar("M", bound=models.Model)


def has_passed(end: datetime | None, now: datetime) -> bool:
    """Return whether an end is over; None is none at all."""
    return end is not None and end <= now


def unexpired(now: datetime) -> Q:
    """Return the condition of rows that never end by themselves, or end later."""
    return Q(expires_at__isnull=True) | Q(expires_at__gt=now)


def live(now: datetime) -> Q:
    """Return the condition of rows that have neither expired nor been revoked."""
    return unexpired(now) & Q(revoked_at__isnull=True)


def expired(now: datetime) -> Q:
    """Return the condition of rows that have expired and were not revoked."""
    return Q(revoked_at__isnull=True, expires_at__lte=now)


class Expiring(models.QuerySet[M]):
    """Rows that may expire (``expires_at``), and end in no other way."""

    def live(self, now: datetime) -> Self:
        """Return those that have not expired."""
        return self.filter(unexpired(now))

    def newest_first(self) -> Self:
        """Return them with the newest first."""
        return self.order_by("-created_at", "-pk")

    def end(self, now: datetime) -> None:
        """End them now."""
        self.update(expires_at=now)

    def end_by(self, at: datetime) -> None:
        """Have them end at a time to come, unless they end before."""
        self.filter(unexpired(at)).update(expires_at=at)

    def give_way(self, *, overlap: timedelta, now: datetime) -> None:
        """End them for a new secret: the newest live one after the overlap, older ones now.

        The caller has to hold a lock, because two rotations at once would leave three secrets.
        """
        rows = self.live(now)
        newest = [row.pk for row in rows.newest_first()[:1]]
        rows.exclude(pk__in=newest).end(now)
        if overlap > timedelta(0):
            rows.filter(pk__in=newest).end_by(now + overlap)
        else:
            rows.filter(pk__in=newest).end(now)


class Revocable(Expiring[M]):
    """Rows that may expire, and may be revoked before (``revoked_at``)."""

    def live(self, now: datetime) -> Self:
        """Return those that have neither expired nor been revoked."""
        return self.filter(live(now))

    def end(self, now: datetime) -> None:
        """Revoke those that were not revoked."""
        self.filter(revoked_at__isnull=True).update(revoked_at=now)
