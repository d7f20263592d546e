"""PgBouncer in transaction mode: it says which server the primary is, and is pointed to another one."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psycopg

from proof.cluster.servers import programs
from tests.support.frozen import children_of
from tests.support.servers import launch
from tests.support.servers.launch import Server, ServerError

DATABASE, REPLICA, ROLE = "site", "site_replica", "site"

#: ``server_login_retry`` and ``query_wait_timeout`` are 15 and 120 seconds by default. A failover would take
#: as long as the former, and a request would wait as long as the latter.
OPTIONS = {
    "listen_addr": "127.0.0.1",
    "unix_socket_dir": "",
    "auth_type": "trust",
    "admin_users": ROLE,
    "pool_mode": "transaction",
    "ignore_startup_parameters": "extra_float_digits,options",
    "max_client_conn": "400",
    "default_pool_size": "20",
    "server_connect_timeout": "2",
    "server_login_retry": "1",
    "query_wait_timeout": "2",
}


class PgBouncer:
    """One PgBouncer, beside one node."""

    def __init__(self, *, primary: int, replica: int) -> None:
        program = programs.find("pgbouncer")
        if program is None:
            raise ServerError("there is no PgBouncer")
        self.port = launch.free_port()
        self.folder = launch.new_folder("cluster-pgbouncer")
        self._users = self.folder / "users"
        self._users.write_text(f'"{ROLE}" ""\n')
        self._write(primary=primary, replica=replica)
        user = launch.unprivileged_user()  # it refuses to be root
        title, process = launch.start(
            [str(program), str(self._file)],
            folder=self.folder,
            user=user,
            stop_signal=signal.SIGTERM,
            answers=self._answers,
        )
        self.server = Server(self.url(DATABASE), title, process, self.folder)

    def url(self, database: str) -> str:
        """Return where a site finds a database, with what has to be switched off in transaction mode."""
        options = "server_side_binding=0&prepare_threshold=off&disable_server_side_cursors=1"
        return f"postgres://{ROLE}@127.0.0.1:{self.port}/{database}?{options}"

    def point_to(self, *, primary: int, replica: int) -> None:
        """Lead every new transaction to other servers."""
        self._write(primary=primary, replica=replica)
        (pid,) = children_of(self.server.process.pid)
        os.kill(pid, signal.SIGHUP)

    def stop(self) -> None:
        """End it."""
        self.server.stop()

    @property
    def _file(self) -> Path:
        return self.folder / "pgbouncer.ini"

    def _write(self, *, primary: int, replica: int) -> None:
        options = OPTIONS | {"listen_port": str(self.port), "auth_file": str(self._users)}
        lines = [
            "[databases]",
            f"{DATABASE} = host=127.0.0.1 port={primary} dbname={DATABASE}",
            f"{REPLICA} = host=127.0.0.1 port={replica} dbname={DATABASE}",
            "[pgbouncer]",
            *(f"{name} = {value}" for name, value in options.items()),
        ]
        self._file.write_text("".join(f"{line}\n" for line in lines))

    def _answers(self) -> str | None:
        try:
            with psycopg.connect(
                host="127.0.0.1", port=self.port, user=ROLE, dbname="pgbouncer", connect_timeout=2
            ) as connection:
                return f"PgBouncer {connection.info.parameter_status('server_version')}"
        except psycopg.OperationalError:
            return None
