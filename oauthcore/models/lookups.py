"""Conditions that the database answers by looking rows up, whatever it thinks of its tables.

Many keys stay one value of the database where it has arrays: to read and to send thousands costs more than to
delete their rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db.models import F, Q, QuerySet, Subquery
from django.db.models.lookups import In, IsNull, Lookup

from oauthcore.models.database import primary_connection


@dataclass(frozen=True)
class Keys:
    """Primary keys of rows, in order: a list, or on PostgreSQL the text of an array and its type."""

    listed: Sequence[Any] | str
    count: int
    last: Any = None
    type: str = ""

    def among(self, column: str) -> Q:
        """Return the condition that a column is one of them; for a foreign key name its column."""
        if isinstance(self.listed, str):
            return Q(_InArray(F(column), self))
        return among(column, self.listed)


def has(rows: QuerySet[Any]) -> Q:
    """Return the condition that one of ``rows`` exists; they refer to the outer row with ``OuterRef``.

    It is for outer rows of one person or one application. PostgreSQL may answer ``EXISTS`` by reading the
    whole inner table once, if it expects some thousands of outer rows. It never does so with this.
    """
    return Q(IsNull(Subquery(rows.values("pk")[:1]), False))


def among(column: str, keys: Sequence[Any]) -> Q:
    """Return the condition that a column is one of many keys; for a foreign key name its column."""
    return Q(_Among(F(column), keys))


class _Among(In):
    """``IN`` with one parameter where the database has arrays.

    A parameter for each key is most of what thousands of keys cost.
    """

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return the condition with an array."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*params, list(self.rhs)]


if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup


class _InArray(_Lookup):
    """Whether a column is one of the keys in the text of an array, on PostgreSQL."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the condition."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::{self.rhs.type}[])", (*params, self.rhs.listed)


def lock_first(rows: QuerySet[Any], most: int) -> Keys:
    """Lock the first rows until the transaction ends, without those that others have locked.

    SQLite locks no rows. It refuses to write what another has changed since this transaction read it.
    """
    connection = primary_connection()
    skips = connection.features.has_select_for_update_skip_locked
    first = rows.select_for_update(skip_locked=skips).order_by("pk").values_list("pk", flat=True)[:most]
    if connection.vendor != "postgresql":
        keys = list(first)
        return Keys(keys, len(keys), keys[-1] if keys else None)
    try:
        selected, params = first.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:  # the condition can find nothing
        return Keys([], 0)
    with connection.cursor() as cursor:
        # A condition that looks into another table for each row seems so dear that PostgreSQL compiles it.
        # That takes longer than a stretch of the table.
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(
            "SELECT keys::text, cardinality(keys), keys[cardinality(keys)]"  # noqa: S608 - Django's own SQL
            f" FROM (SELECT array_agg(key) AS keys FROM ({selected}) AS locked(key)) AS listed",
            params,
        )
        listed, count, last = cursor.fetchone()
    type_of_key: str = rows.model._meta.pk.rel_db_type(connection)
    return Keys(listed or "{}", count or 0, last, type_of_key)
