"""Operations on foreign keys that keep a site answering while they run on tables of millions of rows.

The migrations they stand in have ``atomic = False``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import migrations
from django.db.migrations.operations.base import Operation

from oauthcore.migrations._online import briefly


class AlterKeyOnline(migrations.AlterField):
    """Changes a foreign key so that only its constraint in the database, or a small index, is concerned."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Change it."""
        _ = from_state.apps, to_state.apps  # reading them builds the models, before there are locks
        act = partial(super().database_forwards, app_label, schema_editor, from_state, to_state)
        briefly(schema_editor, act)


class DropKeyIndexOnline(migrations.AlterField):
    """Takes the index of a foreign key away, which another index begins with, and changes nothing else."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the index."""
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        column = model._meta.get_field(self.name).column
        for name in schema_editor._constraint_names(model, [column], index=True, unique=False):
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(name)}")
            else:
                schema_editor.execute(schema_editor._delete_index_sql(model, name))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make it again."""
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            field = model._meta.get_field(self.name)
            if schema_editor.connection.vendor == "postgresql":
                made = schema_editor._create_index_sql(model, fields=[field], concurrently=True)
                # An interrupted run may have left it behind.
                schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {made.parts['name']}")
                schema_editor.execute(made, params=None)
                return
            for statement in schema_editor._field_indexes_sql(model, field):
                schema_editor.execute(statement)


class CascadeOnline(Operation):
    """Lets PostgreSQL delete what is under a row with it, as Django does anyway.

    Without an action, it asks two questions for each deleted row, where with one it takes one statement. The
    new constraint is there before the old one goes.
    """

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name, self.name = model_name, name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Django does not know of it: not all of its versions have a word for it."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Replace the constraint."""
        self._replace("ON DELETE CASCADE", app_label, schema_editor, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Replace it by one without an action."""
        self._replace("", app_label, schema_editor, to_state)

    def describe(self) -> str:
        """Return what it does."""
        return f"Let PostgreSQL delete {self.model_name} rows with their {self.name}"

    def _replace(self, action: str, app_label: str, schema_editor: Any, state: Any) -> None:
        model = state.apps.get_model(app_label, self.model_name)
        alias = schema_editor.connection.alias
        if schema_editor.connection.vendor != "postgresql" or not self.allow_migrate_model(alias, model):
            return
        field, above = model._meta.get_field(self.name), model._meta.get_field(self.name).related_model._meta
        quote = schema_editor.quote_name
        table, passing = quote(model._meta.db_table), quote(f"{model._meta.db_table}_new")
        # An interrupted run may have left it behind.
        self._run(schema_editor, f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {passing}")
        [old] = map(quote, schema_editor._constraint_names(model, [field.column], foreign_key=True))
        self._run(
            schema_editor,
            f"ALTER TABLE {table} ADD CONSTRAINT {passing} FOREIGN KEY ({quote(field.column)})"
            f" REFERENCES {quote(above.db_table)} ({quote(above.pk.column)}) {action}"
            " DEFERRABLE INITIALLY DEFERRED NOT VALID",
        )
        schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {passing}")
        self._run(
            schema_editor,
            f"ALTER TABLE {table} DROP CONSTRAINT {old}",
            f"ALTER TABLE {table} RENAME CONSTRAINT {passing} TO {old}",
        )

    def _run(self, schema_editor: Any, *statements: str) -> None:
        briefly(schema_editor, *(partial(schema_editor.execute, one) for one in statements))
