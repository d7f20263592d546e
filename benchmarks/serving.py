"""A site under gunicorn for a benchmark, on loopback; it ends with this process whatever happens."""

from __future__ import annotations

import http.client
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.frozen import children_of
from tests.support.servers import launch

ROOT = Path(__file__).resolve().parents[1]
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Gunicorn:
    """A running gunicorn."""

    port: int
    guardian: int

    @property
    def master(self) -> int:
        return children_of(self.guardian)[0]

    @property
    def workers(self) -> list[int]:
        """The processes that answer; none if the server has ended."""
        return [worker for master in children_of(self.guardian) for worker in children_of(master)]

    def replace_workers(self) -> None:
        """Let it start new workers, and end the old ones once they have answered."""
        os.kill(self.master, signal.SIGHUP)


@contextmanager
def gunicorn(environment: Mapping[str, str], *, workers: int = 2, **options: object) -> Iterator[Gunicorn]:
    """Start gunicorn with a Django site whose settings the environment names, and stop it.

    ``options`` are those of gunicorn's command line, with underscores: ``threads=4``.
    """
    port = launch.free_port()
    inherited = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": str(ROOT)}
    _, process = launch.start(
        [
            *(sys.executable, "-m", "gunicorn"),
            *("django.core.wsgi:get_wsgi_application()", f"--workers={workers}", "--timeout=60"),
            *(f"--{name.replace('_', '-')}={value}" for name, value in options.items()),
            f"--bind=127.0.0.1:{port}",
        ],
        folder=launch.new_folder("gunicorn"),
        user=None,
        stop_signal=signal.SIGTERM,
        answers=lambda: _answers(port),
        environment={**inherited, **environment},
    )
    try:
        yield Gunicorn(port, process.pid)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait(30)


def _answers(port: int) -> str | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return "gunicorn"


def resident(process: int) -> int:
    """Return the bytes that a process has in memory, or 0 if it has ended."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def most_resident(process: int) -> int:
    """Return the most bytes that a process has had in memory, or 0 if it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)
