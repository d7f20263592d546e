"""A PostgreSQL that keeps what it commits, and can be stopped in every way and started again."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.support.servers import launch, postgresql
from tests.support.servers.launch import Server, ServerError
from tests.support.servers.postgresql import Cluster

#: Without fsync a killed server would prove nothing.
OPTIONS = {
    **postgresql.OPTIONS,
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_connections": "120",
}
#: ``pg_ctl stop -m``: wait for clients, end their transactions, or leave everything as it lies.
MODES = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
SECONDS_TO_STOP = 20


class NoDatabase(Exception):
    """No PostgreSQL could be started here. The message says why."""


class DurablePostgreSQL:
    """The database server of a proof: ``url`` names a database on it, made from the migrated ``template``."""

    def __init__(self, cluster: Cluster, server: Server) -> None:
        self._cluster = cluster
        self.server = server

    @property
    def title(self) -> str:
        """Name and version."""
        return self.server.title

    def url(self, database: str) -> str:
        """Return where a database of this name is."""
        return urlsplit(self._cluster.url)._replace(path=f"/{database}").geturl()

    def create(self, database: str, *, template: str = "template1") -> str:
        """Make a database, empty or with all that is in another one; return where it is."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.execute(statement.format(sql.Identifier(database), sql.Identifier(template)))
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def execute(self, statement: sql.Composed) -> None:
        """Run a statement on the server, outside of transactions."""
        with psycopg.connect(self._cluster.url, autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement)

    def connections(self, database: str) -> int:
        """Return how many connections to a database there are."""
        with psycopg.connect(self._cluster.url, connect_timeout=5) as connection:
            found = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [database]
            ).fetchone()
        return int(found[0]) if found else 0

    def stop(self, mode: str = "fast") -> None:
        """Stop it as ``pg_ctl stop -m`` does; its files stay."""
        pid = int((self._cluster.data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, MODES[mode])
        self.server.process.wait(SECONDS_TO_STOP)

    def start(self) -> None:
        """Start it again on the same port."""
        deadline = time.monotonic() + launch.SECONDS_TO_START
        while self.server.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        self.server = self._cluster.start(OPTIONS)

    def restart(self, mode: str = "fast") -> None:
        """Stop it and start it again."""
        self.stop(mode)
        self.start()


@contextmanager
def durable_postgresql() -> Iterator[DurablePostgreSQL]:
    """Start one in a folder of its own; stop it at the end and remove the folder. Raises NoDatabase."""
    try:
        database = DurablePostgreSQL(*postgresql.start_cluster(OPTIONS))
    except ServerError as problem:
        raise NoDatabase(str(problem)) from None
    try:
        yield database
    finally:
        database.server.stop()
