"""Databases of their own on whatever server the run is on: made, copied and dropped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pymysql
from django.db import connection

from tests.support.servers import DATABASE_VARIABLE


def url_of(name: str) -> str | None:
    """Return where a database of this name is, or None where the run is on SQLite."""
    server = os.environ.get(DATABASE_VARIABLE)
    return urlsplit(server)._replace(path=f"/{name}").geturl() if server else None


def own_url() -> str:
    """Return where the database of the test is, whatever lies between it and the site."""
    return url_of(connection.settings_dict["NAME"]) or ""


@contextmanager
def connected(url: str) -> Iterator[Any]:
    """Give a cursor on a database, inside a transaction that ends with the block."""
    parts = urlsplit(url)
    if parts.scheme == "mysql":
        with (
            pymysql.connect(
                host=parts.hostname, port=parts.port or 0, user=parts.username, database=parts.path[1:]
            ) as connection,
            connection.cursor() as cursor,
        ):
            yield cursor
    else:
        with psycopg.connect(url) as connection, connection.cursor() as cursor:
            yield cursor


def create(name: str, *, copy_of: str | None = None) -> None:
    """Make a database, empty or with all that is in another one."""
    server = os.environ.get(DATABASE_VARIABLE)
    if server is None:
        return
    if urlsplit(server).scheme != "mysql":
        _execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{copy_of or "template1"}"')
        return
    _execute(server, f"CREATE DATABASE `{name}`")
    if copy_of:
        _copy_tables(copy_of, name)


def drop(name: str) -> None:
    """Remove a database, whoever is still connected to it."""
    server = os.environ.get(DATABASE_VARIABLE)
    if server is None:
        return
    is_mysql = urlsplit(server).scheme == "mysql"
    _execute(server, f"DROP DATABASE `{name}`" if is_mysql else f'DROP DATABASE "{name}" WITH (FORCE)')


def _execute(server: str, statement: str) -> None:
    if urlsplit(server).scheme == "mysql":
        with connected(server) as cursor:
            cursor.execute(statement)
    else:
        with psycopg.connect(server, autocommit=True) as connection:  # no transaction makes a database
            connection.execute(statement.encode())


def _copy_tables(source: str, target: str) -> None:
    """MariaDB copies tables one by one; told so, it does not ask whether what they refer to is there yet."""
    with connected(url_of(target) or "") as cursor:
        cursor.execute("SET foreign_key_checks = 0")
        cursor.execute(f"SHOW FULL TABLES IN `{source}` WHERE Table_type = 'BASE TABLE'")
        for table, _ in cursor.fetchall():
            cursor.execute(f"SHOW CREATE TABLE `{source}`.`{table}`")
            cursor.execute(cursor.fetchone()[1])
            cursor.execute(f"INSERT INTO `{table}` SELECT * FROM `{source}`.`{table}`")
        cursor.connection.commit()
