"""How PostgreSQL plans a statement that is prepared: once for all values, or anew for those of each run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections


@contextmanager
def planned_for_its_values(alias: str) -> Iterator[None]:
    """Have every statement of the block planned for its own values, also where the site prepares statements.

    For a statement that it has planned a few times, PostgreSQL may keep one plan for all values, which looks
    cheaper on average. For a search that finds next to nothing that can be the walk along a whole table.
    """
    connection = connections[alias]
    connection.ensure_connection()
    driver = connection.connection
    if not hasattr(driver, "prepare_threshold"):  # not psycopg 3, which alone prepares by itself
        yield
        return
    threshold, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = threshold
