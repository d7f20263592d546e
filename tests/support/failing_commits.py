"""An INSERT that fails only at COMMIT, as on a full disk or a lost serialization."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

#: What the disk, another transaction, a failover and a bug raise, and what is answered: the first three pass.
SQLSTATES = {"53100": 503, "40001": 503, "25006": 503, "23505": 500}


@contextmanager
def refusing_commits(table: str, sqlstate: str) -> Iterator[None]:
    """Let every INSERT into a table fail at COMMIT with an SQLSTATE (PostgreSQL)."""
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL can be told to fail at COMMIT")
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse_row() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{sqlstate}'; END $$"
        )
        cursor.execute(
            f"CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_row()"
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER refuse ON {table}")
            cursor.execute("DROP FUNCTION refuse_row")
