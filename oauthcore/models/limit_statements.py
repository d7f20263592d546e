"""How PostgreSQL counts tries, and takes counts back: one statement for several limits at once.

Rows are locked in the order of their keys, by all statements that lock several. So no two of them wait for
each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.backends.base.base import BaseDatabaseWrapper

from oauthcore.models.database import primary_connection, retried
from oauthcore.models.kept_cursors import cursor_of
from oauthcore.models.statements import planned
from oauthcore.rules.errors.oauth import TemporarilyUnavailable

#: A window that ends more than so many windows from now was begun by a wrong clock.
TOO_FAR = 2

#: How many attempts are made. A failed attempt means that another process was faster.
MOST_ATTEMPTS = 10


@dataclass(frozen=True)
class Asked:
    """A key that one try is to be counted for: at most ``most`` in ``seconds`` seconds."""

    key: bytes
    most: int
    seconds: int

    def end(self, now: datetime) -> datetime:
        """Return the end of a window that begins now."""
        return now + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class Counted:
    """Whether a try was counted, and the end of its window or of the full one."""

    is_counted: bool
    ends_at: datetime


def too_fast() -> TemporarilyUnavailable:
    """Return the refusal of a try that could not be counted because others were always faster."""
    return TemporarilyUnavailable("tries of one thing come too fast to be counted", retry_after=1)


def count(asked: Sequence[Asked], *, now: datetime) -> tuple[list[Counted], int]:
    """Count the tries as ``LimitWindow.count_tries`` does; return also how many rows are new."""
    counted: list[Counted] = []
    new_rows = 0
    for _attempt in range(MOST_ATTEMPTS):
        tried = [_values(one, now) for one in asked[len(counted) :]]
        rows = _COUNT.run(tried).fetchall()
        new_rows += sum(is_new for window, _, is_new in rows if window is not None)
        for place, (window, full_until, _is_new) in enumerate(rows):
            if window is not None:
                counted.append(Counted(True, window))
            elif full_until is not None:
                return [*counted, Counted(False, full_until)], new_rows
            else:  # others filled the window after it was read, and what comes after it was counted
                later = zip(asked[len(counted) + 1 :], rows[place + 1 :], strict=True)
                give_back({(one.key, window): 1 for one, (window, *_) in later if window is not None})
                break
        else:
            return counted, new_rows
    raise too_fast()


def _values(asked: Asked, now: datetime) -> tuple[Any, ...]:
    return asked.key, asked.most, now, asked.end(now), now + timedelta(seconds=asked.seconds * TOO_FAR)


def give_back(tries: Mapping[tuple[bytes, datetime], int]) -> None:
    """Give so many tries back to the window of a key with this end, for several keys in one statement."""
    if tries:
        _GIVE_BACK.run([(key, ends_at, times) for (key, ends_at), times in tries.items()])


@dataclass(frozen=True, eq=False)
class _OfSeveral:
    """A statement that begins with a list of rows, ``given``, in their order: its columns and the rest."""

    columns: str
    types: Sequence[str]
    sql: str

    @retried
    def run(self, rows: Sequence[Sequence[Any]]) -> Any:
        """Run it; return the cursor."""
        connection = primary_connection()
        sql = planned(connection, (self, len(rows)), lambda one: self._plan(one, len(rows)))
        cursor = cursor_of(connection, self)
        cursor.execute(sql, [value for row in rows for value in row])
        return cursor

    def _plan(self, connection: BaseDatabaseWrapper, rows: int) -> str:
        table = connection.ops.quote_name(apps.get_model("oauthcore", "LimitWindow")._meta.db_table)
        places = ", ".join(f"%s::{one}" for one in self.types)
        values = ", ".join(f"({number}, {places})" for number in range(rows))
        return f"WITH given (place, {self.columns}) AS (VALUES {values}), {self.sql.replace('TABLE', table)}"


_DIGEST, _MOMENT = "bytea", "timestamp with time zone"
_IS_OPEN = "own.ends_at > given.now AND own.ends_at <= given.too_far"
# The windows are read first. Where one is full, nothing is written for it and for what comes after it. Where
# there is room, the INSERT decides by the row as it is then, which may have changed since.
_COUNT = _OfSeveral(
    "key, most, now, ends_at, too_far",
    [_DIGEST, "integer", _MOMENT, _MOMENT, _MOMENT],
    f"""seen AS (
        SELECT given.place, given.key, given.ends_at, own.key IS NULL AS is_new,
            CASE WHEN {_IS_OPEN} AND own.count >= given.most THEN own.ends_at END AS full_until
        FROM given LEFT JOIN TABLE AS own ON own.key = given.key
    ), counted AS (
        INSERT INTO TABLE AS own (key, count, ends_at)
        SELECT key, 1, ends_at FROM seen
        WHERE NOT EXISTS (
            SELECT 1 FROM seen AS before WHERE before.full_until IS NOT NULL AND before.place <= seen.place
        )
        ORDER BY key
        ON CONFLICT (key) DO UPDATE SET (count, ends_at) = (
            SELECT CASE WHEN {_IS_OPEN} THEN own.count + 1 ELSE 1 END,
                CASE WHEN {_IS_OPEN} THEN own.ends_at ELSE given.ends_at END
            FROM given WHERE given.key = EXCLUDED.key
        )
        WHERE (SELECT own.count < given.most OR NOT ({_IS_OPEN}) FROM given WHERE given.key = EXCLUDED.key)
        RETURNING own.key, own.ends_at
    )
    SELECT counted.ends_at, seen.full_until, seen.is_new
    FROM seen LEFT JOIN counted ON counted.key = seen.key ORDER BY seen.place""",  # noqa: S608 - a constant
)
_GIVE_BACK = _OfSeveral(
    "key, ends_at, times",
    [_DIGEST, _MOMENT, "integer"],
    """held AS (
        SELECT own.id, given.times FROM TABLE AS own
        JOIN given ON given.key = own.key AND given.ends_at = own.ends_at
        ORDER BY own.key FOR UPDATE OF own
    )
    UPDATE TABLE SET count = TABLE.count - LEAST(held.times, TABLE.count)
    FROM held WHERE TABLE.id = held.id""",
)
