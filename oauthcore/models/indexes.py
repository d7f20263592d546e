"""Indexes that Django has no name for."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Upper


class PrefixIndex(models.Index):
    """Finds texts by how they begin, in any case: what ``istartswith`` asks.

    PostgreSQL uses an index for ``LIKE`` only where it was made with that class of operators, whatever the
    collation of the database. Where a database has no indexes of expressions (MariaDB), none is made.
    """

    def __init__(self, field: str, *, name: str) -> None:
        super().__init__(Upper(field), name=name)
        self.field = field

    def deconstruct(self) -> Any:
        """Return how a migration writes it."""
        path, _expressions, _keywords = super().deconstruct()
        return path, (self.field,), {"name": self.name}

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """Return the statement that makes it."""
        statement = super().create_sql(model, schema_editor, using=using, **kwargs)
        if schema_editor.connection.vendor == "postgresql":
            statement.template = statement.template.replace("(%(columns)s)", "(%(columns)s text_pattern_ops)")
        return statement


class ByBeginning(models.expressions.OrderBy):
    """The order that finds texts by how they begin: as ``PrefixIndex`` has them, so a limit ends the search.

    By itself PostgreSQL walks along an index of the names instead, until it meets the first that fit. MariaDB
    has no index of upper case; its columns are compared in any case.
    """

    def __init__(self, field: str) -> None:
        super().__init__(models.F(field))

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Return the order of that class of operators."""
        column, params = compiler.compile(self.expression)
        # Django takes an order apart at this word, which it expects in each; here it would be an error.
        return f"UPPER({column}) USING ~<~ /* ASC */", params

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        """Return the order of upper case."""
        column, params = compiler.compile(self.expression)
        return f"UPPER({column}) ASC", params
