"""One cursor for each compiled statement, kept for as long as its connection to the database lives.

A driver learns with the first execution how to read the columns of a statement, and psycopg forgets it with
the cursor. For a row of forty columns that is a good part of the whole query.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper


class _Kept(NamedTuple):
    """A cursor, with what it was made for: another connection or time zone needs another cursor."""

    cursor: CursorWrapper
    made_for: object
    timezone: object


def cursor_of(connection: BaseDatabaseWrapper, statement: object) -> CursorWrapper:
    """Return the cursor of a statement on a connection; open the connection if it is closed.

    Read all rows before the statement runs again. While Django logs queries, each call gets a new cursor,
    because only that one writes the log.
    """
    if connection.queries_logged:
        return connection.cursor()
    if getattr(connection, "health_check_enabled", True):
        connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_thread_sharing()
    cursors: dict[object, _Kept] = connection.__dict__.setdefault("_oauthcore_cursors", {})
    kept = cursors.get(statement)
    if kept is None or kept.made_for is not connection.connection or kept.timezone is not connection.timezone:
        kept = _Kept(_new_cursor(connection), connection.connection, connection.timezone)
        cursors[statement] = kept
    return kept.cursor


def _new_cursor(connection: BaseDatabaseWrapper) -> CursorWrapper:
    cursor = connection.cursor()
    # Of psycopg 3 only: psycopg2 has no loaders.
    adapters = getattr(cursor.cursor, "adapters", None) if connection.vendor == "postgresql" else None
    if adapters is not None:
        moments = adapters.types["timestamptz"].oid
        adapters.register_loader(moments, _faster(adapters.get_loader(moments, 0)))
    return cursor


@cache
def _faster(loader: Any) -> Any:
    """Return a loader that reads moments in UTC in C, where Django's loader needs twenty calls in Python."""

    class Loader(loader):  # type: ignore[misc]
        def load(self, data: Any) -> Any:
            text = bytes(data)
            if self.timezone is UTC and text.endswith(b"+00"):
                try:
                    return datetime.fromisoformat(text.decode())
                except ValueError:
                    pass  # a year beyond 9999 or before Christ, for the error that psycopg raises
            return super().load(data)

    return Loader
