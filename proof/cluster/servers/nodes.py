"""The site on two nodes: each its own gunicorn, with its own PgBouncer."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import requests

from proof.cluster.servers.pooler import DATABASE, PgBouncer
from proof.servers.site import environment
from tests.support.frozen import children_of
from tests.support.servers import launch
from tests.support.servers.launch import Server

SETTINGS = "proof.cluster.settings"
WORKERS, THREADS = 2, 16


class Node:
    """One node. It can be killed, and started again on the same port."""

    def __init__(self, folder: Path, pooler: PgBouncer, *, issuer: str, limiter: str) -> None:
        self.port = launch.free_port()
        self.pooler = pooler
        self.variables = environment(folder, pooler.url(DATABASE), LIMITER_URL=limiter)
        self.variables |= {"DJANGO_SETTINGS_MODULE": SETTINGS, "OAUTHCORE_ISSUER": issuer}
        self.start()

    @property
    def url(self) -> str:
        """Where it answers, past the proxy."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def processes(self) -> list[int]:
        """Gunicorn's main process, and its workers."""
        mains = children_of(self.server.process.pid)
        return [*mains, *(worker for main in mains for worker in children_of(main))]

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [
            *(sys.executable, "-m", "gunicorn", "reference_site.wsgi:application"),
            *(f"--workers={WORKERS}", f"--threads={THREADS}", f"--bind=127.0.0.1:{self.port}"),
            *("--graceful-timeout=2", "--backlog=512", "--log-level=critical"),
        ]
        folder = launch.new_folder("cluster-node")
        title, process = launch.start(
            command,
            folder=folder,
            user=None,
            stop_signal=signal.SIGTERM,
            answers=self._answers,
            environment=self.variables,
        )
        self.server = Server(self.url, title, process, folder)

    def kill(self) -> None:
        """Kill every process of it, as a machine does that loses its power."""
        for one in self.processes:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        self.server.stop()

    def stop(self) -> None:
        """End it."""
        self.server.stop()

    def is_ready(self) -> bool:
        """Return whether it says that it can serve."""
        with suppress(requests.RequestException):
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        return False

    def _answers(self) -> str | None:
        with suppress(requests.RequestException):
            if requests.get(f"{self.url}/healthz", timeout=5).status_code == 200:
                return "gunicorn"
        return None
