"""A PostgreSQL with a streaming replica that confirms each commit, and a failover from one to the other."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import sql

from proof.cluster.servers import programs
from proof.servers.database import OPTIONS
from tests.support.frozen import children_of
from tests.support.servers import launch, postgresql
from tests.support.servers.launch import Server, ServerError
from tests.support.servers.postgresql import Cluster

#: What the replica calls itself, and the primary waits for.
STANDBY = "standby"
SECONDS = 20
#: A promotion may have to wait for so long (docs/scaling.md). The default is 5 seconds.
_OPTIONS = {**OPTIONS, "wal_retrieve_retry_interval": "500ms"}


class Postgres:
    """One server of the two."""

    def __init__(self, files: Cluster, server: Server) -> None:
        self.files, self.server = files, server

    @property
    def port(self) -> int:
        """Where it answers."""
        return self.files.port

    @property
    def pid(self) -> int:
        """Its main process, the only child of its guardian."""
        (found,) = children_of(self.server.process.pid)
        return found

    def ask(self, statement: str, *parameters: Any, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement outside of transactions, past the poolers, and return its rows."""
        with psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        ) as connection:
            found = connection.execute(statement.encode(), parameters or None)
            return found.fetchall() if found.description else []

    def set(self, name: str, value: str) -> None:
        """Change a setting of the running server."""
        statement = sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
        self.ask(statement.as_string())
        self.ask("SELECT pg_reload_conf()")

    def freeze(self) -> None:
        """Stop every process of it. The kernel goes on acknowledging what is sent to them."""
        for one in (self.pid, *children_of(self.pid)):
            _signal(one, signal.SIGSTOP)

    def kill(self) -> None:
        """Kill every process of it at once, as a machine does that loses its power."""
        for one in (main := self.pid, *children_of(main)):
            _signal(one, signal.SIGKILL)
        self.server.process.wait(SECONDS)

    def stop(self) -> None:
        """End it and remove its files. What is frozen has to go on before it can end."""
        for main in children_of(self.server.process.pid):
            for one in (*children_of(main), main):
                _signal(one, signal.SIGCONT)
        self.server.stop()


class Databases:
    """The primary, and the replica while there is one."""

    def __init__(self) -> None:
        program = programs.postgresql_program()
        if program is None:
            raise ServerError("there is no PostgreSQL")
        self._program = program
        self._user = launch.unprivileged_user()
        self._started: list[Postgres] = []
        files = self._new_files()
        postgresql.new_data_folder(files.programs, user=self._user, folder=files.folder)
        self.primary = self._start(files)
        self.replica: Postgres | None = None

    @property
    def title(self) -> str:
        """Name and version."""
        return self.primary.server.title

    def add_replica(self) -> None:
        """Copy the primary, let the copy follow it, and let each commit wait for the copy's disk."""
        files = self._new_files()
        files.data.mkdir(mode=0o700)
        if self._user:
            shutil.chown(files.data, self._user.pw_uid, self._user.pw_gid)
        source = f"host=127.0.0.1 port={self.primary.port} user=postgres application_name={STANDBY}"
        command = (files.programs / "pg_basebackup", "-D", files.data, "-R", "-X", "stream", "-c", "fast")
        postgresql.run_as(*command, "-d", source, user=self._user)
        self.replica = self._start(files)
        self.wait_for(self._is_following, "the replica does not follow the primary")
        self.primary.set("synchronous_standby_names", STANDBY)
        self.wait_for(self.is_synchronous, "the replica does not confirm commits")

    def give_up_the_replica(self) -> None:
        """Let commits wait for nobody: what an operator does when the replica is lost."""
        self.primary.set("synchronous_standby_names", "")

    def the_replica(self) -> Postgres:
        """Return the replica. Raises ServerError if there is none."""
        if self.replica is None:
            raise ServerError("there is no replica")
        return self.replica

    def lose_replica(self) -> None:
        """Kill the replica."""
        self.the_replica().kill()
        self.replica = None

    def hold_back(self) -> None:
        """Send the replica nothing more, as a network does that is too slow."""
        ((sender,),) = self.primary.ask("SELECT pid FROM pg_stat_replication")
        _signal(sender, signal.SIGSTOP)

    def promote(self) -> None:
        """Make the replica the primary. The old one must have been fenced: it must not answer again."""
        new = self.the_replica()
        self.primary, self.replica = new, None
        new.ask("SELECT pg_promote(true, 20)")

    def wait_until_replayed(self) -> None:
        """Wait until the replica has applied everything that the primary has written."""
        (position,) = self.primary.ask("SELECT pg_current_wal_lsn()::text")[0]
        statement = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
        self.wait_for(
            lambda: self.the_replica().ask(statement, position) == [(True,)],
            "the replica does not catch up",
        )

    def stop(self) -> None:
        """End every server that was started, and remove its files."""
        for one in reversed(self._started):
            one.stop()

    def wait_for(self, holds: Callable[[], bool], fault: str) -> None:
        """Wait until something holds. Raises ServerError after a while."""
        ends_at = time.monotonic() + SECONDS
        while not holds():
            if time.monotonic() > ends_at:
                raise ServerError(fault)
            time.sleep(0.05)

    def _is_following(self) -> bool:
        return self.primary.ask("SELECT state FROM pg_stat_replication") == [("streaming",)]

    def is_synchronous(self) -> bool:
        """Return whether commits wait for the replica."""
        return self.primary.ask("SELECT sync_state FROM pg_stat_replication") == [("sync",)]

    def _new_files(self) -> Cluster:
        folder = launch.new_folder("cluster-postgresql")
        found = postgresql.runnable(self._program.path, user=self._user, folder=folder)
        return Cluster(found, self._program.origin, folder, folder / "data", launch.free_port(), self._user)

    def _start(self, files: Cluster) -> Postgres:
        found = Postgres(files, files.start(_OPTIONS))
        self._started.append(found)
        return found


def _signal(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, what)
