"""Counters of the limiter: one row for each thing that is counted, restarted when its window ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from oauthcore.models.fields import DigestField

#: A window that ends later than so many windows from now was begun by a clock that was wrong.
TOO_FAR = 2


class LimitWindow(models.Model):
    """How often one thing was tried since the window began; the key is a digest, and tells no names."""

    key = DigestField(unique=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("limit window")
        verbose_name_plural = _("limit windows")

    def __str__(self) -> str:
        return f"limit window {self.pk}"

    @classmethod
    def count_one(cls, key: bytes, *, seconds: int, now: datetime, using: str) -> tuple[int, datetime]:
        """Count one try; return how many that makes in this window, and when the window ends.

        Atomic across processes: the row is locked by its own update, so no two tries get the same number.
        """
        rows = cls.objects.using(using)
        ends_at, too_late = now + timedelta(seconds=seconds), now + timedelta(seconds=seconds * TOO_FAR)
        is_open = Q(ends_at__gt=now, ends_at__lte=too_late)
        with transaction.atomic(using=using):
            counted = rows.filter(is_open, key=key).update(count=F("count") + 1)
            if not counted and not rows.filter(~is_open, key=key).update(count=1, ends_at=ends_at):
                try:
                    with transaction.atomic(using=using):
                        rows.create(key=key, count=1, ends_at=ends_at)
                except IntegrityError:  # another process made the row between our two looks
                    rows.filter(key=key).update(count=F("count") + 1)
            window = rows.get(key=key)
        return window.count, window.ends_at

    @classmethod
    def take_back(cls, key: bytes, *, now: datetime, using: str) -> None:
        """Take one try back, if its window has not ended."""
        cls.objects.using(using).filter(key=key, ends_at__gt=now, count__gt=0).update(count=F("count") - 1)

    @classmethod
    def hold(cls, key: bytes, *, now: datetime, using: str) -> None:
        """Keep the row of a key locked until the transaction ends: what it names is done one at a time."""
        cls.objects.using(using).select_for_update().get_or_create(
            key=key, defaults={"count": 0, "ends_at": now}
        )
