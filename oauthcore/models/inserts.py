"""Prepared statements that insert rows: alone, or together with the UPDATE that decides whether they may."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Model
from django.db.models.constants import OnConflict

from oauthcore.models.database import (
    DATABASE_IS_DOWN,
    asks_for_another_run,
    atomic,
    is_outcome_unknown,
    primary_connection,
)
from oauthcore.models.kept_cursors import cursor_of
from oauthcore.models.statements import Compiled, Update, bound, planned

NewRow = Mapping[str, Any]

logger = logging.getLogger("oauthcore")


@dataclass(frozen=True)
class _Target:
    """Where rows go: the beginning of the INSERT, and for each column its value's name and its field."""

    head: str
    columns: Sequence[tuple[str, Any]]

    @property
    def placeholders(self) -> str:
        """The places of the values of one row."""
        return ", ".join(["%s"] * len(self.columns))

    def without(self, name: str) -> _Target:
        """Return it for rows of which the statement itself knows the value of a name."""
        return _Target(self.head, [column for column in self.columns if column[0] != name])

    def values(self, rows: Sequence[NewRow], connection: BaseDatabaseWrapper) -> list[Any]:
        """Return the values of the rows, as the database takes them."""
        return [
            None if row[name] is None else field.get_db_prep_value(row[name], connection)
            for row in rows
            for name, field in self.columns
        ]


@dataclass(frozen=True, eq=False)
class Insert:
    """A multi-row INSERT; ``columns`` names attributes of the model.

    The database sets the other columns to their defaults. ``model`` is a function without arguments, so that
    the model may be defined later. Where a row has the same ``key``, its column ``over`` is written instead,
    and the row is locked.
    """

    model: Callable[[], type[Model]]
    columns: str
    key: str = ""
    over: str = ""

    def run(self, rows: Sequence[NewRow]) -> None:
        """Insert the rows in one statement; each has a value under each of the names."""
        connection = primary_connection()
        sql, target = planned(connection, (self, len(rows)), lambda one: self._plan(one, len(rows)))
        cursor_of(connection, self).execute(sql, target.values(rows, connection))

    def run_one(self, row: NewRow) -> Any:
        """Insert one row; return its primary key."""
        connection, meta = primary_connection(), self.model()._meta
        own: Any = meta.pk
        sql, target = planned(connection, (self, 1), lambda one: self._plan(one, 1))
        cursor = cursor_of(connection, self)
        if connection.vendor == "postgresql":
            returning = f"{sql} RETURNING {connection.ops.quote_name(own.column)}"
            cursor.execute(returning, target.values([row], connection))
            return cursor.fetchone()[0]
        cursor.execute(sql, target.values([row], connection))
        if row.get(own.attname) is not None:
            return row[own.attname]
        return connection.ops.last_insert_id(cursor, meta.db_table, own.column)

    def target(self, connection: BaseDatabaseWrapper) -> _Target:
        """Return where its rows go."""
        meta, quote = self.model()._meta, connection.ops.quote_name
        columns = [(name, meta.get_field(name)) for name in self.columns.split()]
        names = ", ".join(quote(str(field.column)) for _, field in columns)  # type: ignore[union-attr]
        return _Target(f"INSERT INTO {quote(meta.db_table)} ({names})", columns)

    def tail(self, connection: BaseDatabaseWrapper) -> str:
        """Return the end of the INSERT, for a row whose key exists."""
        if not self.key:
            return ""
        column: Any = self.model()._meta.get_field
        over, key = [column(self.over).column], [column(self.key).column]
        suffix: str = connection.ops.on_conflict_suffix_sql(over, OnConflict.UPDATE, over, key)
        return f" {suffix}"

    def _plan(self, connection: BaseDatabaseWrapper, rows: int) -> tuple[str, _Target]:
        target = self.target(connection)
        places = ", ".join([f"({target.placeholders})"] * rows)
        return f"{target.head} VALUES {places}{self.tail(connection)}", target


@dataclass(frozen=True, eq=False)
class UpdateThenInsert:
    """An UPDATE that decides by changing one row or none, and an INSERT if it changed one: both or neither.

    PostgreSQL does this in one statement, which needs no transaction around it. Other databases do one after
    the other in a transaction. For ``run`` the rows have the column ``digest``, which is unique.
    """

    update: Update
    insert: Insert

    def run(self, rows: Sequence[NewRow], **values: Any) -> bool:
        """Run it with the values of the UPDATE; return whether that has changed a row."""
        connection = primary_connection()
        if not rows:
            return self.update.run(**values) == 1
        if connection.in_atomic_block:  # a savepoint keeps the transaction usable if the statement fails
            with atomic():
                return self._run(rows, values, connection)
        try:
            return self._run(rows, values, connection)
        except DATABASE_IS_DOWN as error:
            if not is_outcome_unknown(error):
                raise
            logger.warning("the answer to a commit was lost: it is run again (%s)", type(error).__name__)
            try:
                return self._run_after_a_lost_answer(rows, values, connection)
            except DATABASE_IS_DOWN:
                raise error from error.__cause__  # its outcome is still unknown

    def run_one(self, row: NewRow, **values: Any) -> Any:
        """Run it with one row; return its primary key, or None if the UPDATE has changed nothing.

        It is not run again if the answer is lost: the UPDATE of the next request finds nothing to change.
        Inside a transaction it takes no savepoint.
        """
        connection = primary_connection()
        if connection.vendor != "postgresql":
            with atomic(savepoint=False):
                return self.insert.run_one(row) if self.update.run(**values) == 1 else None
        own: Any = self.insert.model()._meta.pk
        returning = f" RETURNING {connection.ops.quote_name(own.column)}"
        inserted = self._execute([row], values, connection, tail=returning).fetchone()
        return inserted and inserted[0]

    def _run_after_a_lost_answer(
        self, rows: Sequence[NewRow], values: Mapping[str, Any], connection: BaseDatabaseWrapper
    ) -> bool:
        """Run it again on a new connection; return whether either run has changed a row.

        The UPDATE changes nothing if the first run did, also where that is not over yet: it waits for its
        lock. Then the rows of the first run are there. Nobody else has rows with these digests.
        """
        connection.close()
        try:
            if self._run(rows, values, connection):
                return True
        except DatabaseError as error:
            if not asks_for_another_run(error):
                raise
        # It is written, and not only read, so that a standby that must confirm commits has confirmed both.
        stored = self.insert.model()._base_manager.filter(digest=rows[0]["digest"])
        return stored.update(digest=F("digest")) == 1

    def _run(
        self, rows: Sequence[NewRow], values: Mapping[str, Any], connection: BaseDatabaseWrapper
    ) -> bool:
        if connection.vendor == "postgresql":
            return int(self._execute(rows, values, connection).rowcount) == 1
        with atomic():
            is_changed = self.update.run(**values) == 1
            if is_changed:
                self.insert.run(rows)
            return is_changed

    def _execute(
        self,
        rows: Sequence[NewRow],
        values: Mapping[str, Any],
        connection: BaseDatabaseWrapper,
        *,
        tail: str = "",
    ) -> Any:
        """Run it as one statement, and return the cursor."""
        sql, update, target = planned(
            connection, (self, len(rows)), lambda one: self._plan_as_one(one, len(rows))
        )
        cursor = cursor_of(connection, self)
        given = [*bound(update, values, connection), *target.values(rows, connection)]
        cursor.execute(sql + tail, given)
        return cursor

    def _plan_as_one(self, connection: BaseDatabaseWrapper, rows: int) -> tuple[str, Compiled, _Target]:
        """Return its SQL, with an INSERT for each row.

        VALUES with several rows would not take the types of the columns.
        """
        update, target = self.update.plan(connection), self.insert.target(connection)
        insert = f"{target.head} SELECT {target.placeholders} FROM changed"  # noqa: S608 - names of columns
        earlier = "".join(f", row_{number} AS ({insert})" for number in range(1, rows))
        return f"WITH changed AS ({update[0]} RETURNING 1){earlier} {insert}", update, target
