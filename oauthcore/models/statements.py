"""Prepared statements: the ORM compiles their SQL once, and they are run many times.

Compiling the SQL of a join is most of the Python cost of a query. On the paths of every request it is done
once per connection. A statement is a queryset with :class:`Param` in place of values.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init
from django.db.models.sql import UpdateQuery

from oauthcore.models.database import primary
from oauthcore.models.kept_cursors import cursor_of
from oauthcore.models.key_joins import join_by_keys

Row = dict[str, Any]
Cells = list[Any]
Plan = TypeVar("Plan")
Compiled = tuple[str, tuple[Any, ...]]

#: Descriptors of columns to which assigning is no more than storing, on a new instance.
_ONLY_STORE = (DeferredAttribute, ForeignKeyDeferredAttribute)
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

    ``read`` names the columns that the statement asks for. The primary key of what a foreign key leads to is
    not among them, because it stands in the parent's column. ``places`` says where in a row the value of each
    attribute is, and ``presence`` where a value is that is null only if the row is missing.
    """

    path: str
    model: type[Model]
    names: tuple[str, ...]
    read: tuple[str, ...]
    places: tuple[tuple[str, int], ...]
    presence: int
    parent: str
    link: str | None
    is_plain: bool
    blank: dict[str, Any]


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
        compiled, converters, parts = planned(connection, self, self._plan)
        cursor = cursor_of(connection, self)
        cursor.execute(compiled[0], bound(compiled, values, connection))
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
        query: Any = queryset.values_list(*names).query
        join_by_keys(query)
        compiler = query.get_compiler(connection=connection)
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
        compiled = planned(connection, self, self.plan)
        cursor = cursor_of(connection, self)
        cursor.execute(compiled[0], bound(compiled, values, connection))
        return int(cursor.rowcount)

    def plan(self, connection: BaseDatabaseWrapper) -> Compiled:
        """Return its SQL, and the values and parameters in it."""
        query: Any = self.queryset().query.chain(UpdateQuery)
        query.add_update_values(dict(self.changes()))
        sql, params = query.get_compiler(connection=connection).as_sql()
        return sql, tuple(params)


def planned(connection: Any, statement: object, plan: Callable[[BaseDatabaseWrapper], Plan]) -> Plan:
    """Return what ``plan`` makes of a statement, which is done once for each connection."""
    # On the connection itself: a cache by alias would keep the connection of a dead thread.
    plans: dict[object, Plan] = connection.__dict__.setdefault("_oauthcore_statements", {})
    if statement not in plans:
        plans[statement] = plan(connection)
    return plans[statement]


def bound(compiled: Compiled, values: Mapping[str, Any], connection: BaseDatabaseWrapper) -> list[Any]:
    """Return the values in the order of a statement, as the database takes them."""
    return [
        one.output_field.get_db_prep_value(values[one.name], connection) if isinstance(one, Param) else one
        for one in compiled[1]
    ]


def _part(model: type[Model], path: str, read: str, *, before: Sequence[_Part]) -> _Part:
    parent, _, name = path.rpartition("__")
    link: str | None = None
    key_from: str | None = None
    may_dangle = False
    for step in filter(None, path.split("__")):
        relation: Any = model._meta.get_field(step)
        link = relation.cache_name if relation.one_to_one or relation.many_to_one else None
        key_from = relation.attname if relation.many_to_one else None
        may_dangle = bool(key_from) and relation.null and not relation.db_constraint
        model = relation.related_model
    key: Any = model._meta.pk
    columns: Sequence[Any] = model._meta.concrete_fields
    if read != EVERY_COLUMN:
        wanted = {key.name, *read.split()}
        columns = [field for field in columns if field.name in wanted]  # in the order that from_db takes
    names = tuple(field.attname for field in columns)
    above = next((part for part in before if part.path == parent), None)
    known: dict[str, int] = {}
    if above is not None and key_from in above.names:
        known[key.attname] = dict(above.places)[key_from]
    asked = tuple(one for one in names if one not in known)
    known |= {one: place for place, one in enumerate(asked, sum(len(part.read) for part in before))}
    shows_row = key.attname
    if may_dangle:  # the foreign key outlives a row that was deleted by SQL
        shows_row = next(one.attname for one in columns if not (one.primary_key or one.null))
    return _Part(
        path=path,
        model=model,
        names=names,
        read=asked,
        places=tuple((one, known[one]) for one in names),
        presence=known[shows_row],
        parent=parent,
        link=link if name else None,
        is_plain=_is_plain(model, names),
        blank=dict.fromkeys(("_state", *names)),
    )


def _is_plain(model: Any, names: Sequence[str]) -> bool:
    """Return whether no code of a model or of its fields runs when an instance is made of its columns."""
    base: Any = Model
    overrides = (
        model.from_db.__func__ is not base.from_db.__func__,
        model.__init__ is not base.__init__,
        model.__setattr__ is not base.__setattr__,
        any(type(inspect.getattr_static(model, name)) not in _ONLY_STORE for name in names),
    )
    return not any(overrides)


def _is_watched(model: type[Model]) -> bool:
    """Return whether somebody listens to the making of instances."""
    return pre_init.has_listeners(model) or post_init.has_listeners(model)


def _instance(part: _Part, row: Cells, using: str) -> Model:
    is_watched = (pre_init.receivers or post_init.receivers) and _is_watched(part.model)
    if is_watched or not part.is_plain:
        return part.model.from_db(using, part.names, [row[place] for _, place in part.places])
    # This does the work of from_db in a fifth of the time.
    state = ModelState()
    state.adding, state.db, state.fields_cache = False, using, {}
    values = part.blank.copy()  # a copy has room for all columns
    values["_state"] = state
    for name, place in part.places:  # takes less than an update with pairs, which makes a list of each pair
        values[name] = row[place]
    instance: Model = object.__new__(part.model)
    instance.__dict__ = values
    return instance


def _hydrated(row: Cells, converters: list[Any], parts: list[_Part], connection: Any) -> Row:
    for place, functions, expression in converters:
        if row[place] is not None:
            for convert in functions:
                row[place] = convert(row[place], expression, connection)
    found: Row = {}
    using = connection.alias
    for part in parts:
        instance = found[part.path] = None if row[part.presence] is None else _instance(part, row, using)
        if part.link is not None and (parent := found[part.parent]) is not None:
            parent.__dict__["_state"].fields_cache[part.link] = instance
    return found
