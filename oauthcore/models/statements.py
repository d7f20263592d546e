"""Prepared statements: the ORM compiles their SQL once, and they are run many times.

Compiling the SQL of a join is most of the Python cost of a query. On the paths of every request it is done
once per connection. A statement is a queryset with :class:`Param` in place of values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.sql import UpdateQuery

from oauthcore.models.database import primary
from oauthcore.models.kept_cursors import cursor_of

Row = dict[str, Any]
Plan = TypeVar("Plan")
Compiled = tuple[str, tuple[Any, ...]]

#: Stands for all columns of the model.
EVERY_COLUMN = "*"


class Param(Expression):
    """A placeholder with a name; each call gives its value, and the field converts it for the database."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: object, connection: object) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Return a placeholder, and this expression in the place of its value."""
        return "%s", [self]


def param(model: type[Model], name: str, *, field: str = "") -> Param:
    """Return a parameter called ``name`` for the field of that name, or for another one."""
    return Param(name, model._meta.get_field(field or name))  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Part:
    """The columns of one joined model within a row.

    The primary key of what a foreign key leads to is no column of its own: ``key_from`` names the parent's
    attribute that has it.
    """

    path: str
    model: type[Model]
    names: tuple[str, ...]
    read: tuple[str, ...]
    cells: slice
    primary_key: int
    parent: str
    link: str | None
    key_from: str | None


@dataclass(frozen=True, eq=False)
class Select:
    """A SELECT that returns model instances: of the queryset's model (path ``""``) and of each joined path.

    ``queryset`` is a function without arguments, so that nothing is compiled at import. ``columns`` names the
    fields that are read for each path, besides the primary key, separated by spaces. Other fields are
    deferred.
    """

    queryset: Callable[[], QuerySet[Any]]
    columns: Mapping[str, str]

    def plus(self, **columns: str) -> Select:
        """Return the same SELECT with more columns of joined paths."""
        more = {path: f"{self.columns[path]} {read}" for path, read in columns.items()}
        return Select(self.queryset, {**self.columns, **more})

    def rows(self, **values: Any) -> list[Row]:
        """Run it and return each row as a dict: path → instance, or None if an outer join found no row."""
        connection = connections[primary()]
        compiled, converters, parts = _planned(connection, self, self._plan)
        cursor = cursor_of(connection, self)
        cursor.execute(compiled[0], _bound(compiled, values, connection))
        # As cursor.fetchall() does, but without wrapping a function for each call.
        with connection.wrap_database_errors:
            fetched = cursor.cursor.fetchall()
        return [_hydrated(list(row), converters, parts, connection) for row in fetched]

    def first(self, **values: Any) -> Any:
        """Run it and return the instance of the first row, with its joined instances, or None."""
        rows = self.rows(**values)
        return rows[0][""] if rows else None

    def _plan(self, connection: BaseDatabaseWrapper) -> tuple[Compiled, list[Any], list[_Part]]:
        queryset = self.queryset()
        parts: list[_Part] = []
        for path, read in self.columns.items():
            parts.append(_part(queryset.model, path, read, before=parts))
        names = [f"{part.path}__{name}" if part.path else name for part in parts for name in part.read]
        compiler = queryset.values_list(*names).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        listed = [(index, functions, expression) for index, (functions, expression) in converters.items()]
        return (sql, tuple(params)), listed, parts


@dataclass(frozen=True, eq=False)
class Update:
    """An UPDATE whose row count decides.

    ``changes`` are set in their order, because some databases read values that they have just written.
    """

    queryset: Callable[[], QuerySet[Any]]
    changes: Callable[[], Mapping[str, Any]]

    def run(self, **values: Any) -> int:
        """Run it and return how many rows it changed."""
        connection = connections[primary()]
        compiled = _planned(connection, self, self._plan)
        cursor = cursor_of(connection, self)
        cursor.execute(compiled[0], _bound(compiled, values, connection))
        return int(cursor.rowcount)

    def _plan(self, connection: BaseDatabaseWrapper) -> Compiled:
        query: Any = self.queryset().query.chain(UpdateQuery)
        query.add_update_values(dict(self.changes()))
        sql, params = query.get_compiler(connection=connection).as_sql()
        return sql, tuple(params)


@dataclass(frozen=True, eq=False)
class Insert:
    """A multi-row INSERT; ``columns`` names attributes of the model.

    The database sets the other columns to their defaults.
    """

    model: type[Model]
    columns: str

    def run(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert the rows in one statement; each has a value under each of the names."""
        connection = connections[primary()]
        head, row, columns = _planned(connection, self, self._plan)
        values = [
            None if one[name] is None else field.get_db_prep_save(one[name], connection)
            for one in rows
            for name, field in columns
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"{head} {', '.join([row] * len(rows))}", values)

    def _plan(self, connection: BaseDatabaseWrapper) -> tuple[str, str, list[tuple[str, Any]]]:
        meta, quote = self.model._meta, connection.ops.quote_name
        columns: list[tuple[str, Any]] = [(name, meta.get_field(name)) for name in self.columns.split()]
        names = ", ".join(quote(str(field.column)) for _, field in columns)
        head = f"INSERT INTO {quote(meta.db_table)} ({names}) VALUES"
        return head, f"({', '.join(['%s'] * len(columns))})", columns


def _planned(connection: Any, statement: object, plan: Callable[[BaseDatabaseWrapper], Plan]) -> Plan:
    # On the connection itself: a cache by alias would keep the connection of a dead thread.
    plans: dict[object, Plan] = connection.__dict__.setdefault("_oauthcore_statements", {})
    if statement not in plans:
        plans[statement] = plan(connection)
    return plans[statement]


def _bound(compiled: Compiled, values: Mapping[str, Any], connection: BaseDatabaseWrapper) -> list[Any]:
    return [
        one.output_field.get_db_prep_value(values[one.name], connection) if isinstance(one, Param) else one
        for one in compiled[1]
    ]


def _part(model: type[Model], path: str, read: str, *, before: Sequence[_Part]) -> _Part:
    parent, _, name = path.rpartition("__")
    link: str | None = None
    key_from: str | None = None
    for step in filter(None, path.split("__")):
        relation: Any = model._meta.get_field(step)
        link = relation.cache_name if relation.one_to_one or relation.many_to_one else None
        key_from = relation.attname if relation.many_to_one else None
        model = relation.related_model
    key: Any = model._meta.pk
    columns: Sequence[Any] = model._meta.concrete_fields
    if read != EVERY_COLUMN:
        columns = [key, *map(model._meta.get_field, read.split())]
    names = tuple(field.attname for field in columns)
    above = next((part for part in before if part.path == parent), None)
    if above is None or key_from not in above.names:
        key_from = None
    asked = tuple(one for one in names if key_from is None or one != key.attname)
    start = before[-1].cells.stop if before else 0
    cells = slice(start, start + len(asked))
    primary_key = names.index(key.attname)
    return _Part(path, model, names, asked, cells, primary_key, parent, link if name else None, key_from)


def _instance(part: _Part, columns: list[Any], using: str) -> Model:
    if part.model._meta.app_label != "oauthcore":
        return part.model.from_db(using, part.names, columns)
    # Our models do not override __init__. So this does the work of from_db in a third of the time, but does
    # not send the signals pre_init and post_init.
    instance = part.model.__new__(part.model)
    instance.__dict__.update(zip(part.names, columns, strict=True))
    instance._state = ModelState()
    instance._state.adding, instance._state.db = False, using
    return instance


def _hydrated(row: list[Any], converters: list[Any], parts: list[_Part], connection: Any) -> Row:
    for index, functions, expression in converters:
        if row[index] is not None:
            for convert in functions:
                row[index] = convert(row[index], expression, connection)
    found: Row = {}
    for part in parts:
        columns, parent = row[part.cells], found[part.parent] if part.link else None
        if part.key_from is not None:
            columns.insert(part.primary_key, None if parent is None else getattr(parent, part.key_from))
        missing = columns[part.primary_key] is None
        found[part.path] = None if missing else _instance(part, columns, connection.alias)
        if parent is not None:
            parent._state.fields_cache[part.link] = found[part.path]
    return found
