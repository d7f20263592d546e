"""A MariaDB for ``--engine=mariadb``: the distribution's package, started in a folder of its own.

It is not part of the gate, and Django's driver for it is not among the locked requirements: install PyMySQL
(``pip install pymysql``) beside them.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from importlib import import_module

from tests.servers import launch
from tests.servers.launch import Server, ServerError

HOW_TO_GET_IT = "install the mariadb-server package and PyMySQL, or name a server in {variable}"

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


def use_pymysql() -> None:
    """Let Django find PyMySQL where it looks for mysqlclient."""
    import_module("pymysql").install_as_MySQLdb()


def start() -> Server:
    """Start it; raise ServerError where it is not installed or does not come up."""
    program, installer = shutil.which("mariadbd"), shutil.which("mariadb-install-db")
    program = program or shutil.which("mariadbd", path="/usr/sbin")
    if program is None or installer is None:
        raise ServerError("it is not installed")
    folder = launch.new_folder("mariadb")
    data, port = folder / "data", launch.free_port()
    # It runs as whoever runs the tests: nobody else gets at the port of this machine.
    user = ["--user=root"] if os.geteuid() == 0 else []
    subprocess.run(
        [installer, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", *user],
        check=True,
        capture_output=True,
        timeout=120,
    )
    command = [
        program,
        *OPTIONS,
        *user,
        f"--datadir={data}",
        f"--port={port}",
        f"--socket={folder / 'socket'}",
    ]
    version, process = launch.start(
        command, folder=folder, user=None, stop_signal=signal.SIGTERM, answers=lambda: _version(port)
    )
    url = f"mysql://root@127.0.0.1:{port}/test?charset=utf8mb4"
    return Server(url, f"MariaDB {version} (distribution package)", process)


def _version(port: int) -> str | None:
    pymysql = import_module("pymysql")  # it is not there where nobody tests on MariaDB
    try:
        connection = pymysql.connect(host="127.0.0.1", port=port, user="root", connect_timeout=2)
    except pymysql.MySQLError:
        return None
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE IF NOT EXISTS test")
        cursor.execute("SELECT VERSION()")
        (version,) = cursor.fetchone()
    return str(version)
