"""Models of another package's tables, made of the columns that are there.

The other package need not be installed, and its own models are never imported: releases have other columns,
and its managers and signals are for itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.apps import apps as installed_apps
from django.apps.registry import Apps
from django.conf import settings as django_settings
from django.db import connections, models, router

from oauthcore.models.database import primary
from oauthcore.rules.imports.values import Damaged


@dataclass(frozen=True)
class Table:
    """A table: its name, the database that has it, and its columns."""

    name: str
    database: str
    columns: frozenset[str]

    def row(self, key: object) -> str:
        """Return how a message names one of its rows."""
        return f"row {key} of {self.name}"


def find_table(label: str, *, setting: str = "", name: str = "") -> Table:
    """Return the table of another package's model; raise Damaged if there is none.

    ``label`` is the model's ``app_label.Model``. Where the package lets a site exchange the model,
    ``setting`` names the Django setting that does so. If the package is not installed, the table has the
    name that Django gives it, or ``name``. It is read where it is written: a replica may still have a token
    that has ended.
    """
    label = getattr(django_settings, setting, label) if setting else label
    app, _, model_name = label.rpartition(".")
    table, database = name or f"{app}_{model_name}".lower(), primary()
    try:
        model = installed_apps.get_model(label)
    except LookupError:
        pass
    else:
        table, database = model._meta.db_table, router.db_for_write(model)
    connection = connections[database]
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            raise Damaged(f"the database {database!r} has no table {table}")
        described = connection.introspection.get_table_description(cursor, table)
    return Table(table, database, frozenset(column.name for column in described))


def make_models(
    **wanted: tuple[Table, Mapping[str, models.Field[Any, Any]], frozenset[str]],
) -> dict[str, Any]:
    """Return a model for each table: name → (table, its fields, the names of fields it may lack).

    The fields name the columns, and may be foreign keys to a model of the same call, by its name. Let each be
    null: then a join drops no row. Raises Damaged if a table lacks a column.
    """
    registry = Apps()
    made: dict[str, Any] = {}
    for name, (table, fields, optional) in wanted.items():
        present: dict[str, Any] = {}
        for field_name, field in fields.items():
            column = field.db_column or (f"{field_name}_id" if field.is_relation else field_name)
            if column in table.columns:
                present[field_name] = field
            elif field_name not in optional:
                raise Damaged(f"the table {table.name} has no column {column}: another package made it")
        meta = type(
            "Meta",
            (),
            {"app_label": "oauthcore_imports", "apps": registry, "managed": False, "db_table": table.name},
        )
        made[name] = type(name, (models.Model,), {"__module__": __name__, "Meta": meta, **present})
    return made


def rows_of(model: Any, table: Table) -> models.QuerySet[Any]:
    """Return all rows of a model that ``make_models`` has made."""
    return cast("models.QuerySet[Any]", model._default_manager.using(table.database))
