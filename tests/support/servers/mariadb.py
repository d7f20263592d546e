"""A MariaDB for ``--engine=mariadb``: the distribution's package, started in a folder of its own.

Who has none needs none: its tests are left out then, and named.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pymysql

from tests.support.servers import launch
from tests.support.servers.launch import Program, Server, ServerError

# Modules that stand on Django's backend for it can be imported, whatever database a run is on.
pymysql.install_as_MySQLdb()

HOW_TO_GET_IT = "install the mariadb-server package, or name one in {variable}"

OPTIONS = (
    "--no-defaults",
    "--bind-address=127.0.0.1",
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--character-set-server=utf8mb4",
    "--max-connections=200",
    "--performance-schema=OFF",
)


def programs() -> Iterator[Program]:
    """Yield the server program of this machine, if there is one and it can be set up."""
    # Distributions keep servers where only root's PATH leads.
    found = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
    if found and shutil.which("mariadb-install-db"):
        yield Program(Path(found), "distribution package")


def start() -> Server:
    """Start it. Raises ServerError where it is not installed or does not come up."""
    program = next(programs(), None)
    if program is None:
        raise ServerError("none is installed")
    folder = launch.new_folder("mariadb")
    try:
        return _start(program, folder)
    except (OSError, subprocess.SubprocessError) as problem:
        shutil.rmtree(folder, ignore_errors=True)
        raise ServerError(str(getattr(problem, "stderr", None) or problem)) from problem


def _start(program: Program, folder: Path) -> Server:
    data, port = folder / "data", launch.free_port()
    # It runs as whoever runs the tests: nobody else gets at the port of this machine.
    user = ["--user=root"] if os.geteuid() == 0 else []
    # A server that starts removes all temporary tables in its folder, also those of another server.
    temporary = folder / "temporary"
    temporary.mkdir()
    subprocess.run(
        [
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={data}",
            f"--tmpdir={temporary}",
            "--auth-root-authentication-method=normal",
            *user,
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    command = [
        str(program.path),
        *OPTIONS,
        *user,
        f"--datadir={data}",
        f"--tmpdir={temporary}",
        f"--port={port}",
        f"--socket={folder / 'socket'}",
    ]
    version, process = launch.start(
        command, folder=folder, user=None, stop_signal=signal.SIGTERM, answers=lambda: _version(port)
    )
    url = f"mysql://root@127.0.0.1:{port}/test?charset=utf8mb4"
    return Server(url, f"MariaDB {version} ({program.origin})", process, folder)


def _version(port: int) -> str | None:
    try:
        connection = pymysql.connect(host="127.0.0.1", port=port, user="root", connect_timeout=2)
    except pymysql.MySQLError:
        return None
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE IF NOT EXISTS test")
        cursor.execute("SELECT VERSION()")
        return str(*(cursor.fetchone() or ()))
