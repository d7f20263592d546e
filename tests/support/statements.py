"""What a request sends to the database: counted, and made to fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, OperationalError, connection

_QUOTES = str.maketrans("", "", '"`')
_BEFORE_A_PART = re.compile(r"WITH \w+ AS \(")
_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET CONSTRAINTS")


def plain(sql: str) -> str:
    """Return a statement without the quotes around names, which databases write in ways of their own."""
    return sql.translate(_QUOTES)


def first_part(sql: str) -> str:
    """Return a plain statement from the first row that it writes, which PostgreSQL may write with others."""
    found = plain(sql)
    before = _BEFORE_A_PART.match(found)
    return found[before.end() :] if before else found


#: How many statements use a code or refresh token up and store its tokens, or end a grant and add its event.
#: PostgreSQL does both in one.
USE_AND_STORE = 1 if connection.vendor == "postgresql" else 2


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that are run, as ``plain``, without those that begin and end transactions."""
    collected: list[str] = []

    def collect(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(_TRANSACTION):
            collected.append(plain(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(collect):
        yield collected


@contextmanager
def failing_at(turn: int, error: type[DatabaseError] = OperationalError) -> Iterator[Callable[[], bool]]:
    """Let one statement fail as if the database were away, and yield whether it came to that.

    On SQLite Django sends BEGIN and SAVEPOINT as statements too, and they fail in their turn; what undoes a
    transaction never does. Neither does giving a try back once all is done, which nobody is refused for.
    """
    seen = 0

    def fail(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        if not sql.startswith(("ROLLBACK", "RELEASE")) and not _gives_back(sql):
            seen += 1
            if seen == turn:
                raise error("the connection is lost")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield lambda: seen >= turn


def _gives_back(sql: str) -> bool:
    return "oauthcore_limitwindow.count -" in plain(sql) and not connection.in_atomic_block
