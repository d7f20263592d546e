"""One cursor for each compiled statement, kept for as long as its connection to the database lives.

A driver learns with the first execution how to read the columns of a statement, and psycopg forgets it with
the cursor. For a row of forty columns that is a good part of the whole query.
"""

from __future__ import annotations

from typing import NamedTuple

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
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    connection.validate_thread_sharing()
    cursors: dict[object, _Kept] = connection.__dict__.setdefault("_oauthcore_cursors", {})
    kept = cursors.get(statement)
    if kept is None or kept.made_for is not connection.connection or kept.timezone is not connection.timezone:
        kept = _Kept(connection.cursor(), connection.connection, connection.timezone)
        cursors[statement] = kept
    return kept.cursor
