"""Rows of several tables that are inserted together, of which some name the key of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from oauthcore.models.database import primary_connection
from oauthcore.models.inserts import Insert, NewRow
from oauthcore.models.kept_cursors import cursor_of
from oauthcore.models.statements import planned


@dataclass(frozen=True)
class Step:
    """One row, inserted after the row at ``after``, whose key it has under the name ``names_it``, if any."""

    insert: Insert
    after: int = -1
    names_it: str = ""


@dataclass(frozen=True, eq=False)
class RowChain:
    """Several rows, inserted together: PostgreSQL does this in one statement, others take one for each row.

    Call it in a transaction.
    """

    steps: Sequence[Step]

    def run(self, *rows: NewRow) -> list[Any]:
        """Insert a row for each step; return their primary keys."""
        connection = primary_connection()
        if connection.vendor == "postgresql":
            return self._run_as_one(rows, connection)
        return self._run_in_turn(rows)

    def _run_as_one(self, rows: Sequence[NewRow], connection: BaseDatabaseWrapper) -> list[Any]:
        sql, targets = planned(connection, self, self._plan)
        cursor = cursor_of(connection, self)
        values = zip(targets, rows, strict=True)
        cursor.execute(sql, [value for target, row in values for value in target.values([row], connection)])
        return list(cursor.fetchone())

    def _plan(self, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        quote, targets, inserts = connection.ops.quote_name, [], []
        for number, step in enumerate(self.steps):
            target = step.insert.target(connection)
            targets.append(target.without(step.names_it))
            parent = f"row_{step.after}"
            values = [f"{parent}.key" if name == step.names_it else "%s" for name, _ in target.columns]
            source = f" FROM {parent}" if step.after >= 0 else ""
            own_key: Any = step.insert.model()._meta.pk
            inserts.append(
                f"row_{number} AS ({target.head} SELECT {', '.join(values)}{source}"
                f"{step.insert.tail(connection)} RETURNING {quote(own_key.column)} AS key)"
            )
        names = [f"row_{number}" for number in range(len(self.steps))]
        keys = ", ".join(f"{name}.key" for name in names)
        sql = f"WITH {', '.join(inserts)} SELECT {keys} FROM {', '.join(names)}"  # noqa: S608 - names of columns
        return sql, targets

    def _run_in_turn(self, rows: Sequence[NewRow]) -> list[Any]:
        keys: list[Any] = []
        for step, row in zip(self.steps, rows, strict=True):
            whole = {**row, step.names_it: keys[step.after]} if step.names_it else row
            keys.append(step.insert.run_one(whole))
        return keys
