"""Databases that break in the middle."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from django.db import connection


@contextmanager
def breaking_at(number: int, error: type[Exception]) -> Iterator[None]:
    """The database fails at the statement of that number, and at every one after it."""
    seen = count(1)

    def execute(run: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if next(seen) >= number:
            raise error("out of order")
        return run(sql, *rest)

    with connection.execute_wrapper(execute):
        yield
