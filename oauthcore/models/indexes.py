"""Indexes and orders that Django does not have."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Upper


class PrefixIndex(models.Index):
    """An index for ``istartswith``: it finds texts by their beginning, in any case.

    PostgreSQL uses an index for ``LIKE`` in every collation only if it has this operator class. A database
    without indexes on expressions (MariaDB) gets none.
    """

    def __init__(self, field: str, *, name: str) -> None:
        super().__init__(Upper(field), name=name)
        self.field = field

    def deconstruct(self) -> Any:
        """Return the form that migrations store."""
        path, _expressions, _keywords = super().deconstruct()
        return path, (self.field,), {"name": self.name}

    def create_sql(self, model: Any, schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """Return the statement that makes it."""
        statement = super().create_sql(model, schema_editor, using=using, **kwargs)
        if schema_editor.connection.vendor == "postgresql":
            statement.template = statement.template.replace("(%(columns)s)", "(%(columns)s text_pattern_ops)")
        return statement


class ByBeginning(models.expressions.OrderBy):
    """The order of ``PrefixIndex``, so that a search with a limit reads few rows.

    Otherwise PostgreSQL reads an index of the names from its beginning until enough names match. MariaDB has
    no index on upper case; its columns compare in any case.
    """

    def __init__(self, field: str) -> None:
        super().__init__(models.F(field))

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Return the order with the operator class."""
        column, params = compiler.compile(self.expression)
        # Django splits an order at this word, and expects it in each. In this SQL it would be an error.
        return f"UPPER({column}) USING ~<~ /* ASC */", params

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        """Return the order of upper case."""
        column, params = compiler.compile(self.expression)
        return f"UPPER({column}) ASC", params
