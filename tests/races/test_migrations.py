"""Migrations below those who use the tables: they hold no lock for long, and let nobody wait behind them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps

from oauthcore.migrations import _online, _online_keys
from oauthcore.migrations._online import OnlineMigration
from tests.support.waiting import wait_until_somebody_waits

NOT_ON_MARIADB = pytest.mark.not_on_mariadb("it changes each table in a transaction of its own")

LABEL = "oauthcore"
DISK = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
#: What changes no table, or looks after its own locks.
LOCKS_SHORTLY = (
    *(_online.AddIndexOnline, _online.RemoveIndexOnline),
    *(_online.AddCheckOnline, _online.RemoveCheckOnline),
    *(_online_keys.AlterKeyOnline, _online_keys.DropKeyIndexOnline, _online_keys.CascadeOnline),
    migrations.RunPython,
)


def migration_of(*operations: Operation) -> OnlineMigration:
    found = OnlineMigration("moved", LABEL)
    found.operations = list(operations)
    return found


def new_table(name: str, **fields: models.Field[Any, Any]) -> Operation:
    return migrations.CreateModel(name, [("id", models.BigAutoField(primary_key=True)), *fields.items()])


def new_column(table: str) -> Operation:
    return migrations.AddField(table, "label", models.TextField(null=True))


def apply(migration: OnlineMigration, state: ProjectState) -> ProjectState:
    with connection.schema_editor(atomic=migration.atomic) as editor:
        return migration.apply(state.clone(), editor)


def unapply(migration: OnlineMigration, before: ProjectState) -> None:
    with connection.schema_editor(atomic=migration.atomic) as editor:
        migration.unapply(before.clone(), editor)


def columns_of(table: str) -> set[str]:
    with connection.cursor() as cursor:
        return {one.name for one in connection.introspection.get_table_description(cursor, table)}


@pytest.fixture
def state() -> Iterator[ProjectState]:
    """Two tables, ``oauthcore_left`` and ``oauthcore_right``."""
    made = migration_of(new_table("Left"), new_table("Right"))
    empty = ProjectState()
    _ = empty.apps
    yield apply(made, empty)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS oauthcore_under, oauthcore_left, oauthcore_right CASCADE")


@pytest.fixture(autouse=True)
def no_long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_online, "SECONDS_OF_WAITING", 0.05)
    monkeypatch.setattr(_online, "SECONDS_OF_PAUSE", (0.05, 0.06))


@contextmanager
def held(table: str, crowd: Any) -> Iterator[Callable[[], None]]:
    """Let a transaction of somebody else read a table and go on, as a dump does, until it is let go."""
    has_read, may_end = Event(), Event()

    def read() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            has_read.set()
            assert may_end.wait(30)

    reading = crowd._pool.submit(read)
    assert has_read.wait(30)
    try:
        yield may_end.set
    finally:
        may_end.set()
        reading.result()


@NOT_ON_MARIADB
def test_no_model_is_built_once_a_lock_is_held(state, monkeypatch):
    order: list[str] = []
    build = StateApps.render_multiple
    monkeypatch.setattr(StateApps, "render_multiple", lambda *given: order.append("build") or build(*given))

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        order.append("change" if sql.startswith(("ALTER", "CREATE", "DROP")) else "")
        return execute(sql, *rest)

    moved = migration_of(new_column("left"), new_table("Under"), new_column("right"))
    with connection.execute_wrapper(note):
        apply(moved, state)
        there, order[:] = list(order), []
        unapply(moved, state)

    for way in (there, order):
        assert {"build", "change"} <= set(way)
        assert "build" not in way[way.index("change") :]


@NOT_ON_MARIADB
@pytest.mark.parametrize("held_table", ["oauthcore_left", "oauthcore_right"])
def test_a_migration_that_waits_for_a_lock_lets_others_pass_and_then_goes_on(held_table, state, crowd_of):
    crowd = crowd_of(2)
    moved = migration_of(new_column("left"), new_column("right"))
    with held(held_table, crowd) as let_go:
        migrating = crowd._pool.submit(apply, moved, state)
        wait_until_somebody_waits()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '10s'")
            for _ in range(20):
                cursor.execute("SELECT count(*) FROM oauthcore_left, oauthcore_right")
                time.sleep(0.01)
            cursor.execute("RESET lock_timeout")
        assert not migrating.done()
        let_go()
        migrating.result(30)

    assert "label" in columns_of("oauthcore_left") & columns_of("oauthcore_right")


@NOT_ON_MARIADB
def test_what_waits_too_long_has_changed_nothing_and_says_so(state, crowd_of, monkeypatch):
    monkeypatch.setattr(_online, "SECONDS_OF_TRYING", 0.1)
    moved = migration_of(new_column("left"), new_column("right"))

    with held("oauthcore_right", crowd_of(1)), pytest.raises(OperationalError) as refused:
        apply(moved, state)

    assert "It has changed nothing" in refused.value.__notes__[0]
    assert "label" not in columns_of("oauthcore_left")


@NOT_ON_MARIADB
def test_after_some_tries_it_waits_until_an_autovacuum_was_ended(state, crowd_of, monkeypatch):
    monkeypatch.setattr(_online, "SHORT_TRIES", 1)
    monkeypatch.setattr(_online, "SECONDS_OF_TRYING", 1.0)
    limits: list[int] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("SET LOCAL lock_timeout"):
            limits.append(int(sql.rpartition("=")[2]))
        return execute(sql, *rest)

    locked = pytest.raises(OperationalError)
    with held("oauthcore_left", crowd_of(1)), connection.execute_wrapper(note), locked:
        apply(migration_of(new_column("left")), state)

    short, *_, long = limits
    assert short <= 50
    assert 900 < long <= 1100


def test_a_foreign_key_is_added_once_however_often_was_tried(state, crowd_of):
    under = migration_of(
        new_column("left"),
        new_table("Under", right=models.ForeignKey(f"{LABEL}.right", models.CASCADE)),
    )
    crowd = crowd_of(2)
    with connection.cursor() as cursor, held("oauthcore_left", crowd) as let_go:
        migrating = crowd._pool.submit(apply, under, state)
        time.sleep(0.3)
        let_go()
        migrating.result(30)
        found = connection.introspection.get_constraints(cursor, "oauthcore_under").values()

    assert len([one for one in found if one["foreign_key"]]) == 1
    unapply(under, state)
    assert "oauthcore_under" not in connection.introspection.table_names()


@NOT_ON_MARIADB
def test_another_error_is_not_tried_again(state):
    apply(migration_of(new_column("left")), state)

    with pytest.raises(Exception, match="already exists"):
        apply(migration_of(new_column("left")), state)


def test_every_migration_but_the_first_holds_its_locks_shortly():
    (first, *later) = [one for (label, _), one in sorted(DISK.items()) if label == LABEL]

    assert first.initial
    assert [one.name for one in later if not isinstance(one, OnlineMigration)] == []
    assert [
        f"{one.name}: {operation.describe()}"
        for one in later
        if not one.atomic
        for operation in one.operations
        if not isinstance(operation, LOCKS_SHORTLY) and not changes_no_table(one, operation)
    ] == []


def changes_no_table(migration: OnlineMigration, operation: Operation) -> bool:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    before = loader.project_state((LABEL, migration.name), at_end=False)
    after = before.clone()
    operation.state_forwards(LABEL, after)
    with connection.schema_editor(collect_sql=True) as editor:
        operation.database_forwards(LABEL, editor, before, after)
    return not editor.collected_sql
