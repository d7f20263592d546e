"""Joins by a key that PostgreSQL plans in less time than those of Django.

A site that prepares no statements, as is Django's default, pays for the plan at each execution, and planning
a join of four tables takes several times as long as running it. For ``a = b`` PostgreSQL weighs merge, hash
and nested loop joins in both directions, and reads statistics and the ends of indexes for it. ``b = ANY
(ARRAY[a])`` means the same and leaves it one way: find the row of ``b`` by its index. That is the way to
read what belongs to one row.
"""

from __future__ import annotations

from typing import Any

from django.db.models.sql.datastructures import Join


class KeyJoin(Join):
    """A join along one foreign key. Databases other than PostgreSQL get what Django writes."""

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return the join with ``ANY`` in place of the equality."""
        quote, quote_column = compiler.quote_name_unless_alias, connection.ops.quote_name
        ((here, there),) = self.join_cols
        near = f"{quote(self.parent_alias)}.{quote_column(here)}"
        far = f"{quote(self.table_alias)}.{quote_column(there)}"
        renamed = "" if self.table_alias == self.table_name else f" {quote(self.table_alias)}"
        return f"{self.join_type} {quote(self.table_name)}{renamed} ON ({far} = ANY(ARRAY[{near}]))", []


def join_by_keys(query: Any) -> None:
    """Replace all joins of a query that has no others than those along foreign keys."""
    for alias, join in query.alias_map.items():
        if join.parent_alias is not None:
            query.alias_map[alias] = KeyJoin(
                join.table_name,
                join.parent_alias,
                join.table_alias,
                join.join_type,
                join.join_field,
                join.nullable,
            )
