"""Statements of PostgreSQL whose answer is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import OperationalError, connection


@contextmanager
def unanswered(*statements: str) -> Iterator[None]:
    """Statements that begin so are done or not, and nobody learns of it: one is done, and none after it."""
    done: set[str] = set()

    def execute(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if not sql.startswith(statements):
            return run(sql, *rest)
        if sql not in done:
            done.add(sql)
            run(sql, *rest)
        raise OperationalError("lost") from psycopg.OperationalError("lost")

    with connection.execute_wrapper(execute):
        yield
