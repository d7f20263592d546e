"""Migrations and operations that keep a site answering while they run on tables of millions of rows."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import OperationalError, migrations, transaction

#: For so long a try waits for all of its locks together. Requests wait behind it.
SECONDS_OF_WAITING = 0.4
#: From then on each try waits a little longer than ``deadlock_timeout``: only after that time PostgreSQL ends
#: an autovacuum that is in the way.
SHORT_TRIES = 4
SECONDS_OF_TRYING = 60.0
#: Between two tries, the requests that waited go on.
SECONDS_OF_PAUSE = (0.2, 0.6)
#: The lock was not free in time, and a deadlock, as PostgreSQL calls them.
_LOCKED = ("55P03", "40P01")
_NOTE = (
    "For a minute a lock that this migration needs was not free, because of a long transaction or a dump, for "
    "example. It has changed nothing. Run migrate again once that has ended."
)


class OnlineMigration(migrations.Migration):
    """Holds its locks for milliseconds, and lets nobody wait while it waits for them itself.

    Django builds the models of each operation after the operation before it, and holds the locks of that
    meanwhile: for a dozen columns that is a second. Here all models are built before the first statement. On
    PostgreSQL a statement waits for its lock only shortly. Otherwise everything is undone, and tried again after
    a pause.

    With ``atomic = False`` each operation looks after its own locks, as those below do.
    """

    def apply(self, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
        """Run the operations."""
        if collect_sql or not _keeps_its_locks(schema_editor):
            return super().apply(project_state, schema_editor, collect_sql)
        acts = [
            partial(operation.database_forwards, self.app_label, schema_editor, before, after)
            for operation, before, after in self._steps(project_state)
        ]
        briefly(schema_editor, *acts)
        return project_state

    def unapply(self, project_state: Any, schema_editor: Any, collect_sql: bool = False) -> Any:
        """Undo the operations, the last one first."""
        if collect_sql or not _keeps_its_locks(schema_editor):
            return super().unapply(project_state, schema_editor, collect_sql)
        acts = [
            partial(operation.database_backwards, self.app_label, schema_editor, after, before)
            for operation, before, after in reversed(self._steps(project_state.clone()))
        ]
        briefly(schema_editor, *acts)
        return project_state

    def _steps(self, project_state: Any) -> list[tuple[Any, Any, Any]]:
        """Return each operation with the state before and after it, and move the given state on."""
        steps, before = [], project_state.clone()
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
            after = project_state.clone()
            steps.append((operation, before, after))
            before = after
        for _, before, after in steps:
            _ = before.apps, after.apps  # reading them builds the models
        return steps


def _keeps_its_locks(schema_editor: Any) -> bool:
    """Whether all operations are in one transaction of PostgreSQL, which keeps its locks until it ends."""
    return schema_editor.connection.vendor == "postgresql" and schema_editor.atomic_migration


def briefly(schema_editor: Any, *acts: Callable[[], object]) -> None:
    """Do all acts or none in one transaction; on PostgreSQL wait shortly for locks, and try again after a pause.

    Raises OperationalError if a lock was not free for a minute.
    """
    if schema_editor.collect_sql or schema_editor.connection.vendor != "postgresql":
        for act in acts:
            act()
        return
    deferred = list(schema_editor.deferred_sql)
    ends, tries = time.monotonic() + SECONDS_OF_TRYING, 0
    while True:
        tries += 1
        try:
            _try(schema_editor, acts, is_short=tries <= SHORT_TRIES)
            return
        except OperationalError as problem:
            if _state_of(problem) not in _LOCKED:
                raise
            if time.monotonic() > ends:
                problem.add_note(_NOTE)
                raise
            schema_editor.deferred_sql[:] = deferred
        time.sleep(random.uniform(*SECONDS_OF_PAUSE))


def _state_of(problem: OperationalError) -> str | None:
    # Named so by psycopg 3 and psycopg2.
    return getattr(problem.__cause__, "sqlstate", None) or getattr(problem.__cause__, "pgcode", None)


def _try(schema_editor: Any, acts: tuple[Callable[[], object], ...], *, is_short: bool) -> None:
    with transaction.atomic(schema_editor.connection.alias), schema_editor.connection.cursor() as cursor:
        if is_short:
            seconds = SECONDS_OF_WAITING
        else:
            cursor.execute("SELECT extract(epoch FROM current_setting('deadlock_timeout')::interval)")
            seconds = float(cursor.fetchone()[0]) + 0.1
        ends = time.monotonic() + seconds
        for act in (*acts, partial(_do_what_was_put_off, schema_editor)):
            left = max(1, round(1000 * (ends - time.monotonic())))
            cursor.execute(f"SET LOCAL lock_timeout = {left}")
            act()


def _do_what_was_put_off(schema_editor: Any) -> None:
    """Django adds foreign keys at the end. They take locks too."""
    for statement in schema_editor.deferred_sql:
        schema_editor.execute(statement, None)
    schema_editor.deferred_sql.clear()


class AddIndexOnline(migrations.AddIndex):
    """Makes an index; on PostgreSQL without holding up what is written meanwhile.

    The migration it stands in has ``atomic = False``. PostgreSQL leaves an invalid index behind when it is
    interrupted: that one is dropped first when the migration runs again.
    """

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make the index."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        name = schema_editor.quote_name(self.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the index."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.remove_index(model, self.index, concurrently=True)


class RemoveIndexOnline(migrations.RemoveIndex):
    """Drops an index; on PostgreSQL without waiting for, or holding up, those who use the table.

    The migration it stands in has ``atomic = False``.
    """

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop the index."""
        if schema_editor.connection.vendor == "postgresql":
            self._as_added(app_label, from_state).database_backwards(
                app_label, schema_editor, from_state, to_state
            )
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Make the index again."""
        if schema_editor.connection.vendor == "postgresql":
            self._as_added(app_label, to_state).database_forwards(
                app_label, schema_editor, from_state, to_state
            )
        else:
            super().database_backwards(app_label, schema_editor, from_state, to_state)

    def _as_added(self, app_label: str, state: Any) -> AddIndexOnline:
        index = state.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        return AddIndexOnline(self.model_name, index)


class AddCheckOnline(migrations.AddConstraint):
    """Adds a check constraint; on PostgreSQL it is held against the rows without a lock that stops writing.

    The migration it stands in has ``atomic = False``.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Add it for what is written from now on, then look at what is there."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        table, name = map(schema_editor.quote_name, (model._meta.db_table, self.constraint.name))
        # The statement has its values in it: without params nothing in it is taken for a placeholder.
        statements = (
            f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
            f"{self.constraint.create_sql(model, schema_editor)} NOT VALID",
        )
        briefly(schema_editor, *(partial(schema_editor.execute, one, params=None) for one in statements))
        schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Remove it."""
        remove = partial(super().database_backwards, app_label, schema_editor, from_state, to_state)
        briefly(schema_editor, remove)


class RemoveCheckOnline(migrations.RemoveConstraint):
    """Removes a check constraint, and adds it again as AddCheckOnline does.

    The migration it stands in has ``atomic = False``.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Remove it. If the migration was interrupted before, it may be gone already."""
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            table, name = map(schema_editor.quote_name, (model._meta.db_table, self.name))
            statement = f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}"
            briefly(schema_editor, partial(schema_editor.execute, statement))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Add it again."""
        constraint = to_state.models[app_label, self.model_name_lower].get_constraint_by_name(self.name)
        AddCheckOnline(self.model_name, constraint).database_forwards(
            app_label, schema_editor, from_state, to_state
        )
