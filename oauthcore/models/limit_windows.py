"""Counters of the limiter: one row for each key, restarted when its window ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from oauthcore.models import limit_statements
from oauthcore.models.database import PrimaryModel, primary_connection, retried, write_over
from oauthcore.models.fields import DigestField
from oauthcore.models.limit_statements import MOST_ATTEMPTS, TOO_FAR, Asked, Counted
from oauthcore.models.statements import Select, Update, param
from oauthcore.models.sweeping import Sweeping

#: How long rows stay after their windows, because clocks differ between machines.
KEPT = timedelta(hours=1)

#: After so long a window is over for every process, even if its clock is behind.
SURELY_OVER = KEPT / 2

#: So the table has the present counts and those of the last hour.
sweeping = Sweeping(after=50, most=100)


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
    def count_tries(cls, asked: Sequence[Asked], *, now: datetime) -> list[Counted]:
        """Count one try for each key, in their order, until a window is full.

        The answers are in the same order. They end with the first window that was full, where nothing was
        counted. It is atomic across processes: the condition of an UPDATE decides for each window. So no more
        tries than ``most`` are allowed, and a refused try changes nothing in its window.

        PostgreSQL does this in one statement. Elsewhere a statement is repeated by itself after a deadlock,
        because what those before it have counted is committed.
        """
        if primary_connection().vendor == "postgresql":
            counted, new_rows = limit_statements.count(asked, now=now)
        else:
            counted, new_rows = cls._count_in_turn(asked, now=now)
        for _row in range(new_rows):
            sweeping.note_row(lambda: cls.long_over(now=now))
        return counted

    @classmethod
    def _count_in_turn(cls, asked: Sequence[Asked], *, now: datetime) -> tuple[list[Counted], int]:
        windows = cls._find([one.key for one in asked])
        full = next((place for place, one in enumerate(asked) if cls._is_full(one, windows, now)), len(asked))
        asked = asked[: full + 1]  # what comes after it gets no row
        missing = [one.key for one in asked if one.key not in windows]
        if missing:
            cls._make(*missing, now=now)
            windows |= cls._find(missing)
        counted: list[Counted] = []
        for one in asked:
            counted.append(cls._count_one(one, windows.get(one.key), now=now))
            if not counted[-1].is_counted:
                break
        return counted, len(missing)

    @classmethod
    def _count_one(cls, asked: Asked, window: LimitWindow | None, *, now: datetime) -> Counted:
        for _attempt in range(MOST_ATTEMPTS):
            if window is None:
                cls._make(asked.key, now=now)
            elif window._is_open(now, asked.seconds):
                if window.count >= asked.most or window._count_on(asked.most):
                    return Counted(window.count < asked.most, window.ends_at)
            elif window._begin(asked.end(now)):
                return Counted(True, asked.end(now))
            window = cls._find([asked.key]).get(asked.key)
        raise limit_statements.too_fast()

    @staticmethod
    def _is_full(asked: Asked, windows: Mapping[bytes, LimitWindow], now: datetime) -> bool:
        window = windows.get(asked.key)
        return window is not None and window._is_open(now, asked.seconds) and window.count >= asked.most

    @classmethod
    @retried
    def _find(cls, keys: Sequence[bytes]) -> dict[bytes, LimitWindow]:
        found: dict[bytes, LimitWindow] = {}
        for first in range(0, len(keys), MOST_KEYS):
            some = keys[first : first + MOST_KEYS]
            values = {f"key_{number}": some[min(number, len(some) - 1)] for number in range(MOST_KEYS)}
            found |= {row[""].key: row[""] for row in _FIND.rows(**values)}
        return found

    def _is_open(self, now: datetime, seconds: int) -> bool:
        return now < self.ends_at <= now + timedelta(seconds=seconds * TOO_FAR)

    @retried
    def _count_on(self, most: int) -> bool:
        """Count one more in the window that was read; return False if the row has changed since."""
        return _COUNT_ON.run(id=self.pk, as_read=self.ends_at, most=most) == 1

    @retried
    def _begin(self, ends_at: datetime) -> bool:
        """Replace the window by a new one with one try; return False if the row has changed since."""
        return _BEGIN.run(id=self.pk, as_read=self.ends_at, ends_at=ends_at) == 1

    @classmethod
    def give_back(cls, tries: Sequence[tuple[bytes, datetime]]) -> None:
        """Give tries back, each to the window of its key with this end. A newer window is not changed."""
        times = Counter(tries)
        if primary_connection().vendor == "postgresql":
            limit_statements.give_back(times)
            return
        for time in range(max(times.values(), default=0)):
            theirs = [Q(key=key, ends_at=ends_at) for (key, ends_at), most in times.items() if time < most]
            cls._count_back(cls.objects.filter(reduce(or_, theirs), count__gt=0))

    @staticmethod
    @retried
    def _count_back(rows: models.QuerySet[LimitWindow]) -> None:
        rows.update(count=F("count") - 1)

    @classmethod
    def hold(cls, key: bytes, *, now: datetime) -> None:
        """Lock the row of a key until the transaction ends, so that its transactions run one at a time."""
        cls._make(key, now=now)

    @classmethod
    def lift(cls, keys: Iterable[bytes], *, now: datetime) -> int:
        """End the windows of the keys now; return how many had counted something."""
        rows = cls.objects.filter(key__in=list(keys), count__gt=0, ends_at__gt=now)
        return rows.update(count=0, ends_at=now - SURELY_OVER)

    @classmethod
    def long_over(cls, *, now: datetime) -> models.QuerySet[LimitWindow]:
        """Return the rows that can be removed."""
        return cls.objects.filter(ends_at__lt=now - KEPT)

    @classmethod
    @retried
    def _make(cls, *keys: bytes, now: datetime) -> None:
        """Make the rows of keys, with windows that are over, unless they exist. Lock them in any case.

        One statement locks the rows for writing. A failed INSERT, which takes a shared lock, followed by an
        UPDATE would be a deadlock on MariaDB if several processes make the row at once.
        """
        rows = [LimitWindow(key=key, count=0, ends_at=now - SURELY_OVER) for key in sorted(keys)]
        write_over(*rows, key="key", fields=["key"])


# A wrong password counts in three limits. So these statements must be cheap: strangers cause them.
#: So many keys are looked up in one statement.
MOST_KEYS = 4
_FIND = Select(
    lambda: LimitWindow.objects.filter(
        key__in=[param(LimitWindow, f"key_{number}", field="key") for number in range(MOST_KEYS)]
    ),
    {"": "key count ends_at"},
)
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
