"""A site of the field behind gunicorn, on a loopback port."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks import DATABASE_VARIABLE
from benchmarks.field.site import Site
from tests.support.servers import launch

ROOT = Path(__file__).parents[2]
WORKERS = 2
THREADS = 4


@dataclass(frozen=True)
class Served:
    """A site that answers at a port; ``arbiter`` is gunicorn's own process."""

    site: Site
    port: int
    folder: Path

    @property
    def workers(self) -> list[int]:
        """The processes that answer requests."""
        arbiter = (self.folder / "pid").read_text().strip()
        children = Path(f"/proc/{arbiter}/task/{arbiter}/children").read_text().split()
        return [int(child) for child in children]


@contextmanager
def served(site: Site) -> Iterator[Served]:
    """Serve a site until the context is left, or this process ends."""
    folder, port = launch.new_folder("benchmark"), launch.free_port()
    options = {
        "bind": f"127.0.0.1:{port}",
        "chdir": ROOT,
        "pid": folder / "pid",
        "worker-class": "gthread",
        "workers": WORKERS,
        "threads": THREADS,
        "keep-alive": 30,
        "timeout": 60,
        "graceful-timeout": 3,
    }
    _, process = launch.start(
        [
            "/usr/bin/env",
            f"{DATABASE_VARIABLE}={site.database_url}",
            f"DJANGO_SETTINGS_MODULE={site.entrant.settings_module}",
            f"PYTHONPATH={ROOT}",
            sys.executable,
            "-m",
            "gunicorn",
            *(f"--{name}={value}" for name, value in options.items()),
            "django.core.wsgi:get_wsgi_application()",
        ],
        folder=folder,
        user=None,
        stop_signal=signal.SIGTERM,
        answers=lambda: _listens(port),
    )
    try:
        yield Served(site, port, folder)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait(30)


def _listens(port: int) -> str | None:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return "it listens"
    return None
