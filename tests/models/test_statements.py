"""Compiled statements: each gives and does what its queryset would, value for value."""

from __future__ import annotations

import importlib
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model, Value
from django.db.models.signals import post_init

from oauthcore.models import Application, Token
from oauthcore.models.statements import EVERY_COLUMN, Select, Update, param
from tests.support.compiled import CALLS, NOTHING, calls_of, compiled
from tests.support.rows_of_statements import DIGESTS, NOW, fill_tables
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> dict[str, Any]:
    return fill_tables()


def with_values(name: str, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the statement's own queryset be built with the values themselves."""
    module = importlib.import_module(name.rpartition(".")[0])

    def value(model: type[Model], name: str, *, field: str = "") -> Value:
        return Value(values[name], output_field=model._meta.get_field(field or name))

    monkeypatch.setattr(module, "param", value)


def test_every_statement_is_called_here():
    assert (compiled(Select) | compiled(Update)).keys() == CALLS.keys()


def by_column(row: dict[str, Model | None], statement: Select) -> dict[str, Any]:
    """Write the instances of a row as the columns they were made of, whatever was left for later included."""
    columns: dict[str, Any] = {}
    for path, instance in row.items():
        lead = f"{path}__" if path else ""
        for field in model_at(statement, path)._meta.concrete_fields:
            columns[lead + field.attname] = None if instance is None else getattr(instance, field.attname)
    return columns


def model_at(statement: Select, path: str) -> type[Model]:
    model = statement.queryset().model
    for step in filter(None, path.split("__")):
        model = model._meta.get_field(step).related_model
    return model


def assert_same(name: str, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> int:
    statement = compiled(Select)[name]
    read = [by_column(row, statement) for row in statement.rows(**values)]

    with_values(name, values, monkeypatch)
    every_column = by_column(dict.fromkeys(statement.columns), statement)
    expected = list(statement.queryset().values(*every_column))

    def typed(rows: list[dict[str, Any]]) -> Any:
        return sorted(repr([(key, type(row[key]), row[key]) for key in sorted(row)]) for row in rows)

    assert typed(read) == typed(expected)
    return len(read)


@pytest.mark.parametrize(("name", "call"), calls_of(Select))
def test_a_select_gives_what_its_queryset_gives(name, call, rows, monkeypatch):
    assert assert_same(name, CALLS[name][call](rows), monkeypatch) > 0


@pytest.mark.parametrize(("name", "call"), calls_of(Select))
def test_a_select_gives_nothing_where_its_queryset_gives_nothing(name, call, rows, monkeypatch):
    values = CALLS[name][call](rows)

    assert (
        assert_same(name, values | {key: NOTHING[key] for key in NOTHING.keys() & values}, monkeypatch) == 0
    )


@pytest.mark.parametrize(("name", "call"), calls_of(Select))
def test_instances_are_as_the_orm_makes_them(name, call, rows):
    found = compiled(Select)[name].rows(**CALLS[name][call](rows))
    before = table(type(rows[call]))

    for instance in (one for row in found for one in row.values() if one is not None):
        assert (instance._state.adding, instance._state.db) == (False, "default")
        assert instance == type(instance).objects.get(pk=instance.pk)
        instance.save()
        instance.refresh_from_db()

    assert table(type(rows[call])) == before


@pytest.mark.parametrize(("name", "call"), calls_of(Select))
def test_joined_instances_hang_together_without_another_query(name, call, rows):
    found = compiled(Select)[name].rows(**CALLS[name][call](rows))

    with statements() as run:
        for row in found:
            for path in filter(None, row):
                parent, _, step = path.rpartition("__")
                if row[parent] is None:
                    assert row[path] is None
                elif not row[parent]._meta.get_field(step).one_to_many:
                    assert getattr(row[parent], step, None) is row[path]

    assert run == []


def test_a_token_brings_its_grant_user_and_application_and_none_where_there_is_none(rows):
    find = compiled(Select)["oauthcore.models.token_statements.FIND"]
    by_kind = {
        name: find.first(digest=rows[name].digest) for name in CALLS["oauthcore.models.token_statements.FIND"]
    }

    with statements() as run:
        owners = {name: (token.grant.user, token.grant.application) for name, token in by_kind.items()}

    assert run == []
    assert owners["full"] == (get_user_model().objects.get(first_name="Ada"), rows["application"])
    assert owners["application's own"] == (None, rows["application"])
    assert owners["service"] == (None, None)


def test_an_application_comes_once_for_each_of_its_secrets_and_once_without_any(rows):
    find = compiled(Select)["oauthcore.flows.oauth.client_authentication._BY_NUMBER"]

    found = {name: find.rows(id=rows[name].pk) for name in ("application", "bare application")}

    secrets = {row["client_secrets"] for row in found["application"]}
    assert secrets == set(rows["application"].client_secrets.all())
    assert {row["standing_grant"] for row in found["application"]} == {rows["application"].standing_grant}
    assert [(row["client_secrets"], row["standing_grant"]) for row in found["bare application"]] == [
        (None, None)
    ]


def table(model: type[Model]) -> list[dict[str, Any]]:
    return list(model._default_manager.order_by("pk").values())


def assert_does_the_same(name: str, values: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> int:
    statement, model = compiled(Update)[name], compiled(Update)[name].queryset().model
    savepoint = connection.savepoint()
    count, changed = statement.run(**values), table(model)
    connection.savepoint_rollback(savepoint)

    with_values(name, values, monkeypatch)
    assert statement.queryset().update(**statement.changes()) == count
    assert table(model) == changed
    return count


@pytest.mark.parametrize(("name", "call"), calls_of(Update))
def test_an_update_does_what_its_queryset_does(name, call, rows, monkeypatch):
    before = table(type(rows[call]))

    count = assert_does_the_same(name, CALLS[name][call](rows), monkeypatch)

    assert count == (0 if call == "code" else 1)  # that code was used before
    assert (table(type(rows[call])) == before) is (count == 0)


@pytest.mark.parametrize(("name", "call"), calls_of(Update))
def test_an_update_changes_nothing_where_its_queryset_changes_nothing(name, call, rows, monkeypatch):
    values = CALLS[name][call](rows)
    wrong = {"id": -1} if "shown" not in values else {"shown": DIGESTS[4]}

    assert assert_does_the_same(name, values | wrong, monkeypatch) == 0


def test_the_sql_is_worked_out_once_for_a_connection(rows):
    worked_out = []

    def queryset() -> Any:
        worked_out.append(1)
        return Application.objects.filter(id=param(Application, "id"))

    statement = Select(queryset, {"": EVERY_COLUMN})
    found = [statement.first(id=rows[name].pk) for name in ("application", "bare application")]

    assert found == [rows["application"], rows["bare application"]]
    assert len(worked_out) == 1


def test_aware_times_match_what_was_stored(rows):
    statement = Select(lambda: Token.objects.filter(turned_at=param(Token, "turned_at")), {"": EVERY_COLUMN})

    assert statement.rows(turned_at=NOW) != []
    assert statement.rows(turned_at=NOW + timedelta(microseconds=1)) == []


def user_of(rows: dict[str, Any]) -> Any:
    statement = Select(
        lambda: Token.objects.filter(id=param(Token, "id")),
        {"": "grant", "grant": "user", "grant__user": EVERY_COLUMN},
    )
    return statement.first(id=rows["full"].pk).grant.user


def test_who_listens_to_the_making_of_instances_hears_of_those_of_statements(rows):
    made = []
    post_init.connect(note := lambda instance, **_: made.append(instance), sender=get_user_model())
    try:
        user = user_of(rows)
    finally:
        post_init.disconnect(note, sender=get_user_model())

    assert [one is user for one in made] == [True]


def test_code_that_a_model_runs_when_an_instance_is_made_runs(rows, monkeypatch):
    model = get_user_model()

    def from_db(cls, *arguments):
        user = Model.from_db.__func__(cls, *arguments)
        user.greeting = f"Hello {user.username}"
        return user

    monkeypatch.setattr(model, "from_db", classmethod(from_db))

    user = user_of(rows)

    assert user.greeting == f"Hello {user.username}"


def test_columns_are_those_of_the_model_in_whatever_order_they_are_named(rows):
    in_order, reversed_order = (
        Select(lambda: Token.objects.filter(id=param(Token, "id")), {"": columns})
        for columns in ("kind hint created_at", "created_at hint kind")
    )

    one, other = (found.first(id=rows["full"].pk) for found in (in_order, reversed_order))

    assert (one.kind, one.hint, one.created_at) == (other.kind, other.hint, other.created_at)
    assert one.get_deferred_fields() == other.get_deferred_fields()
