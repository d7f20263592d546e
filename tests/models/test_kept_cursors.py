"""Kept cursors: a compiled statement asks through one cursor for as long as its connection lives."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from oauthcore import conf
from oauthcore.models import Token
from oauthcore.models.kept_cursors import cursor_of
from oauthcore.rules.tokens.secrets import SecretKind


@pytest.mark.django_db
def test_a_statement_keeps_its_cursor_and_another_has_its_own() -> None:
    first = cursor_of(connection, "one")

    assert cursor_of(connection, "one") is first
    assert cursor_of(connection, "other") is not first


@pytest.mark.django_db(transaction=True)
def test_another_connection_to_the_database_has_another_cursor() -> None:
    before, opened = cursor_of(connection, "one"), connection.connection
    connection.close()  # a SQLite database in memory stays open

    after = cursor_of(connection, "one")

    assert (after is before) is (connection.connection is opened)
    after.execute("SELECT 1")
    assert after.fetchone() == (1,)


@pytest.mark.django_db
def test_in_another_time_zone_rows_are_read_in_that_one(settings: Any) -> None:
    before = cursor_of(connection, "one")
    settings.USE_TZ = False

    assert cursor_of(connection, "one") is not before


@pytest.mark.django_db
def test_what_django_logs_of_queries_names_those_of_statements() -> None:
    secret = conf.settings().secret_format.make(SecretKind.ACCESS)
    Token.find(secret)

    with CaptureQueriesContext(connection) as captured:
        Token.find(secret)

    assert [one["sql"].startswith("SELECT") for one in captured.captured_queries] == [True]


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="psycopg reads moments of PostgreSQL")
@pytest.mark.parametrize(
    "moment",
    ["2030-06-15 12:00:00+00", "2030-06-15 12:00:00.5+00", "2030-06-15 12:00:00.123456+02", "-infinity"],
)
def test_moments_are_read_as_django_reads_them(moment: str) -> None:
    def read(cursor: Any) -> Any:
        try:
            cursor.execute("SELECT %s::timestamptz", [moment])
            return cursor.fetchone()[0]
        except DatabaseError as error:
            return str(error)

    with connection.cursor() as cursor:
        as_django = read(cursor)
    told = read(cursor_of(connection, "moment"))

    assert told == as_django
    assert getattr(told, "tzinfo", None) is getattr(as_django, "tzinfo", None)
