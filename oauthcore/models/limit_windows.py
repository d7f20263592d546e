"""Counters of the limiter: one row for each key, restarted when its window ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from oauthcore.models.database import PrimaryModel, write_over
from oauthcore.models.fields import DigestField
from oauthcore.models.statements import Select, Update, param
from oauthcore.models.sweeping import Sweeping
from oauthcore.rules.errors.oauth import TemporarilyUnavailable

#: A window that ends more than so many windows from now was begun by a wrong clock.
TOO_FAR = 2

#: How long rows stay after their windows, because clocks differ between machines.
KEPT = timedelta(hours=1)

#: After so long a window is over for every process, even if its clock is behind.
_SURELY_OVER = KEPT / 2

#: So the table has the present counts and those of the last hour.
sweeping = Sweeping(after=50, most=100)

#: How many attempts are made. A failed attempt means that another process was faster.
_MOST_ATTEMPTS = 10


class LimitWindow(PrimaryModel):
    """How often one thing was tried since the window began. The key is a digest, so it shows no names."""

    key = DigestField(unique=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("limit window")
        verbose_name_plural = _("limit windows")

    def __str__(self) -> str:
        return f"limit window {self.pk}"

    @classmethod
    def count_one(cls, key: bytes, *, most: int, seconds: int, now: datetime) -> tuple[bool, datetime]:
        """Count one try if fewer than ``most`` are counted; return whether it was, and the window's end.

        It is atomic across processes: the condition of the UPDATE decides. So no more than ``most`` tries are
        allowed, and a refused try changes nothing.
        """
        for _attempt in range(_MOST_ATTEMPTS):
            window: LimitWindow | None = _FIND.first(key=key)
            if window is None:
                cls._make(key, now=now)
                sweeping.note_row(lambda: cls.long_over(now=now))
                continue
            if window._is_open(now, seconds):
                if window.count >= most or window._count_on(most):
                    return window.count < most, window.ends_at
            elif window._begin(now + timedelta(seconds=seconds)):
                return True, now + timedelta(seconds=seconds)
        raise TemporarilyUnavailable("tries of one thing come too fast to be counted", retry_after=1)

    def _is_open(self, now: datetime, seconds: int) -> bool:
        return now < self.ends_at <= now + timedelta(seconds=seconds * TOO_FAR)

    def _count_on(self, most: int) -> bool:
        """Count one more in the window that was read; return False if the row has changed since."""
        return _COUNT_ON.run(id=self.pk, as_read=self.ends_at, most=most) == 1

    def _begin(self, ends_at: datetime) -> bool:
        """Replace the window by a new one with one try; return False if the row has changed since."""
        return _BEGIN.run(id=self.pk, as_read=self.ends_at, ends_at=ends_at) == 1

    @classmethod
    def give_back(cls, key: bytes, *, ends_at: datetime) -> None:
        """Give one try back to the window with this end. A newer window is not changed."""
        rows = cls.objects.filter(key=key, ends_at=ends_at, count__gt=0)
        rows.update(count=F("count") - 1)

    @classmethod
    def hold(cls, key: bytes, *, now: datetime) -> None:
        """Lock the row of a key until the transaction ends, so that its transactions run one at a time."""
        row = cls.objects.select_for_update().filter(key=key)
        if row.first() is None:
            cls._make(key, now=now)
            row.first()

    @classmethod
    def lift(cls, keys: Iterable[bytes], *, now: datetime) -> int:
        """End the windows of the keys now; return how many had counted something."""
        rows = cls.objects.filter(key__in=list(keys), count__gt=0, ends_at__gt=now)
        return rows.update(count=0, ends_at=now - _SURELY_OVER)

    @classmethod
    def long_over(cls, *, now: datetime) -> models.QuerySet[LimitWindow]:
        """Return the rows that can be removed."""
        return cls.objects.filter(ends_at__lt=now - KEPT)

    @classmethod
    def _make(cls, key: bytes, *, now: datetime) -> None:
        """Make the row of a key, with a window that is over, unless the row exists.

        One statement locks the row for writing. A failed INSERT, which takes a shared lock, followed by an
        UPDATE would be a deadlock on MariaDB if several processes make the row at once.
        """
        row = LimitWindow(key=key, count=0, ends_at=now - _SURELY_OVER)
        write_over(row, key="key", fields=["key"])


# A wrong password counts in five limits. So these statements must be cheap: strangers cause them.
_FIND = Select(lambda: LimitWindow.objects.filter(key=param(LimitWindow, "key")), {"": "key count ends_at"})
_COUNT_ON = Update(
    lambda: LimitWindow.objects.filter(
        id=param(LimitWindow, "id"),
        ends_at=param(LimitWindow, "as_read", field="ends_at"),
        count__lt=param(LimitWindow, "most", field="count"),
    ),
    lambda: {"count": F("count") + 1},
)
_BEGIN = Update(
    lambda: LimitWindow.objects.filter(
        id=param(LimitWindow, "id"), ends_at=param(LimitWindow, "as_read", field="ends_at")
    ),
    lambda: {"count": 1, "ends_at": param(LimitWindow, "ends_at")},
)
