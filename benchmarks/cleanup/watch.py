"""Watching a command from outside: memory, processor time, its longest transaction; and killing it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks import DATABASE_VARIABLE
from benchmarks.serving import most_resident

#: Seconds between two looks.
PAUSE = 0.02
_CONNECTIONS = """SELECT pid, COALESCE(extract(epoch FROM clock_timestamp() - xact_start), 0)
    FROM pg_stat_activity WHERE application_name = %s"""
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Watched:
    """What a command took."""

    seconds: float = 0.0
    #: Megabytes at most, and seconds of its longest transaction, as far as the looks saw.
    megabytes: float = 0.0
    transaction: float = 0.0
    #: Seconds of processor time of the command, and of its processes of a PostgreSQL on this machine. Another
    #: load of the machine disturbs these less.
    client: float = 0.0
    server: float = 0.0
    is_killed: bool = False


def run(command: list[str], environment: Mapping[str, str], *, kill_after: float | None = None) -> Watched:
    """Run a management command in a process of its own, and watch it; kill it after some seconds if wanted.

    Its connections are named for it, so that only its transactions are seen. Raises RuntimeError if it fails.
    """
    name, watched = f"watched_{os.getpid()}", Watched()
    variables = {**os.environ, **environment, "PGAPPNAME": name}
    started = time.monotonic()
    with (
        psycopg.connect(environment[DATABASE_VARIABLE], autocommit=True) as looking,
        subprocess.Popen(
            [sys.executable, "-m", "django", *command, "--skip-checks"],
            env=variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        servers: dict[int, float] = {}
        while process.poll() is None:
            watched.megabytes = max(watched.megabytes, most_resident(process.pid) / 2**20)
            watched.client = _processor_time(process.pid) or watched.client
            for pid, seconds in looking.execute(_CONNECTIONS, [name]):
                servers[pid] = _processor_time(pid, of="postgres") or servers.get(pid, 0)
                watched.transaction = max(watched.transaction, float(seconds))
            watched.server = sum(servers.values())
            if kill_after is not None and time.monotonic() - started > kill_after:
                process.kill()
            time.sleep(PAUSE)
    watched.seconds = time.monotonic() - started
    # One that had ended already was not killed.
    watched.is_killed = process.returncode == -signal.SIGKILL
    if process.returncode and not watched.is_killed:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return watched


def _processor_time(pid: int, *, of: str = "") -> float:
    """Return the seconds that a process has taken, or 0 if it has ended or runs another program."""
    try:
        name, fields = Path(f"/proc/{pid}/stat").read_text().split("(", 1)[1].rsplit(")", 1)
    except OSError:
        return 0.0
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / _TICK if of in name else 0.0
