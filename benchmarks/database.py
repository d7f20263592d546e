"""The PostgreSQL that is measured on, and the two ways Django can talk to it."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend
from psycopg import sql

from benchmarks import DATABASE_VARIABLE
from tests.support.servers import postgresql

STATEMENT_TIMEOUT = "-c statement_timeout=30000"


@dataclass(frozen=True)
class Profile:
    """A way to talk to PostgreSQL: ``DATABASES["default"]["OPTIONS"]``."""

    name: str
    options: dict[str, object]


PREPARED = Profile("prepared", {"server_side_binding": True, "prepare_threshold": 2})
"""As the reference site sets it: bound by the server, planned once. Most targets are judged with it."""

AS_DJANGO = Profile("as Django", {})
"""As Django does by itself: each statement is sent as text, and planned, each time."""

PROFILES = (PREPARED, AS_DJANGO)


@contextmanager
def server(url: str | None, **options: str) -> Iterator[str]:
    """Give the address of a PostgreSQL server: the one named, or one started and stopped for us.

    The options are for one that is started.
    """
    if url:
        yield url
        return
    started = postgresql.start(postgresql.OPTIONS | options)
    try:
        yield started.url
    finally:
        started.stop()


@contextmanager
def fresh_database(server_url: str, suffix: str = "") -> Iterator[str]:
    """Make an empty database on a server, give its address, and drop it at the end."""
    name = f"oauthcore_benchmark_{os.getpid()}{suffix}"
    identifier = sql.Identifier(name)
    with psycopg.connect(server_url, autocommit=True, connect_timeout=5) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        try:
            yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


@contextmanager
def prepared_database(server_url: str | None) -> Iterator[None]:
    """Set Django up on an empty, migrated database of its own."""
    with server(server_url) as url, fresh_database(url) as database_url:
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        os.environ[DATABASE_VARIABLE] = database_url
        django.setup()
        call_command("migrate", verbosity=0, skip_checks=True)
        yield


def open_connection(profile: Profile) -> BaseDatabaseWrapper:
    """Return a connection of its own to the default database, that talks as the profile says."""
    settings = copy.deepcopy(connections.settings["default"])
    settings["OPTIONS"] = {"options": STATEMENT_TIMEOUT, **profile.options}
    wrapper: BaseDatabaseWrapper = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    return wrapper


def use(wrapper: BaseDatabaseWrapper) -> None:
    """Let everything that asks Django for its default connection get this one."""
    connections["default"] = wrapper


def settle() -> None:
    """Give PostgreSQL the statistics it plans by, as a database in use has them."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def version_of(server_url: str) -> str:
    """Return the version of a server, without Django."""
    with psycopg.connect(server_url, connect_timeout=5) as asked:
        row = asked.execute("SHOW server_version").fetchone()
    return str(row[0]) if row else ""
