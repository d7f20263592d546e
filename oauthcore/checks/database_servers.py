"""Checks of the server behind the database settings, and of a connection pooler such as PgBouncer before it.

They connect, so they run with ``check --database``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from oauthcore.models.database import is_replica, primary

_TIMEOUTS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
#: psycopg prepares a statement after 5 runs by default, and after 2 in the settings of the documentation.
_ENOUGH_RUNS = 24
_ENOUGH_LOOKS = 5
#: SQLSTATE of a prepared statement that is there already, left by another client, or is not there.
_LOST_STATEMENTS = ("42P05", "26000")
_LOSES_STATEMENTS = Caution(
    "A pooler shares connections between transactions, and loses prepared statements.",
    hint="Take server_side_binding and prepare_threshold out of OPTIONS, or use PgBouncer 1.21 or newer with "
    "max_prepared_statements.",
    id="oauthcore.W111",
)


@register(Tags.database)
def check_server(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Check that the database takes writes, and that what the settings ask for holds behind a pooler."""
    if primary() not in (databases or ()):
        return []
    connection = connections[primary()]
    try:
        return list(_check(connection))
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) not in _LOST_STATEMENTS:
            raise
        return [_LOSES_STATEMENTS]


def _check(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    if is_replica(connection):
        hint = "Point HOST, the pooler or the proxy to the primary: a replica knows late of a revocation."
        yield Error("The database is a replica, which takes no writes.", hint=hint, id="oauthcore.E111")
    elif connection.vendor == "postgresql":
        yield from _check_timeouts(connection)
        yield from _check_pooler(connection)


def _check_timeouts(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    """A pooler may drop what ``OPTIONS["options"]`` asks for (``ignore_startup_parameters``)."""
    options = connection.settings_dict["OPTIONS"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[*_TIMEOUTS]])
        in_force = {name: int(milliseconds) for name, milliseconds in cursor.fetchall()}
    asked = str(options.get("options", ""))
    wanted = [name for name in _TIMEOUTS if re.search(rf"\b{name}\s*=\s*[1-9]", asked)]
    missing = [name for name in wanted if not in_force[name]]
    if missing:
        text = f"OPTIONS sets {', '.join(sorted(missing))}, and in the session there is no such limit."
        hint = "A pooler dropped it. Set it for the role: ALTER ROLE … SET lock_timeout = '1400ms'."
        yield Caution(text, hint=hint, id="oauthcore.W112")
    elif options.get("answer_within") and _outlasts(in_force["statement_timeout"], options["answer_within"]):
        text = (
            "The server goes on with a statement after the client has given it up. A refresh token or code"
            " may then be used up after an answer of 503, and a client that sends it again ends its access."
        )
        hint = "Set statement_timeout to less than answer_within: '1700ms' for 2 seconds."
        yield Caution(text, hint=hint, id="oauthcore.W113")


def _outlasts(milliseconds: int, answer_within: float) -> bool:
    """Return whether a statement may run for longer than its client waits. 0 is no limit."""
    return milliseconds == 0 or milliseconds >= 1000 * answer_within


def _check_pooler(connection: BaseDatabaseWrapper) -> Iterator[CheckMessage]:
    """Find by trying whether two open connections share a server process, as in transaction mode."""
    with closing(connection.copy()) as first, closing(connection.copy()) as second:
        if not _share_a_process(first, second):
            return
        if not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            text = "A pooler shares connections between transactions, and server-side cursors are on."
            hint = 'Set "DISABLE_SERVER_SIDE_CURSORS": True. Forms and the admin use such cursors.'
            yield Caution(text, hint=hint, id="oauthcore.W110")
        if _loses_prepared_statements(first, second):
            yield _LOSES_STATEMENTS


def _share_a_process(first: BaseDatabaseWrapper, second: BaseDatabaseWrapper) -> bool:
    """Ask both in turn for their server process. Other clients of a pooler may come between, so ask often."""
    seen: dict[BaseDatabaseWrapper, set[int]] = {first: set(), second: set()}
    for number in range(_ENOUGH_LOOKS):
        for connection, processes in seen.items():
            with connection.cursor() as cursor:
                # With a text of its own for each look, no driver prepares the statement.
                cursor.execute(f"SELECT pg_backend_pid() /* {number} */")
                processes.add(cursor.fetchone()[0])
        if seen[first] & seen[second]:
            return True
    return False


def _loses_prepared_statements(*two: BaseDatabaseWrapper) -> bool:
    """Run one statement on both connections in turn: until the driver prepares it, and some times more."""
    try:
        for _ in range(_ENOUGH_RUNS):
            for connection in two:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT 1 WHERE %s = 1", [1])
    except DatabaseError:
        return True
    return False
