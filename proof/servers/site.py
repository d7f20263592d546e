"""The reference site under proof: a real server program with several processes, on the rig's database."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.frozen import children_of
from tests.support.servers.launch import Server
from tests.support.serving import served
from tests.support.serving.served import Place

SETTINGS = "proof.settings"
COMMANDS = {
    "gunicorn": (
        *("gunicorn", "reference_site.wsgi:application", "--graceful-timeout=2", "--bind={at}"),
        *("--backlog=512", "--log-level=critical"),
    ),
    "uvicorn": ("uvicorn", "reference_site.asgi:application", "--host={host}", "--port={port}"),
}


@dataclass(frozen=True)
class RunningSite:
    """A site that answers at ``url``."""

    url: str
    server: Server
    program: str

    @property
    def main_process(self) -> int:
        """The process that starts the workers, and starts others in the place of those that die."""
        (found,) = children_of(self.server.process.pid)
        return found

    @property
    def workers(self) -> list[int]:
        """The processes that answer requests."""
        return children_of(self.main_process)

    def kill(self, worker: int) -> None:
        """Kill a worker, as the kernel does that has no memory left."""
        os.kill(worker, signal.SIGKILL)


def environment(folder: Path, database_url: str, **more: str) -> dict[str, str]:
    """Return what the site and the driver of the rig read from the environment.

    The driver comes from 127.0.0.1 and says which address each of its clients has, as a proxy would.
    """
    usual = {
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "TRUSTED_PROXIES": "127.0.0.1",
        "PROOF_HASHED": str(folder / "hashed"),
    }
    return served.environment(Place(folder, "proof"), "http://127.0.0.1", **usual | more)


@contextmanager
def running_site(
    folder: Path,
    database_url: str,
    *,
    program: str = "gunicorn",
    workers: int = 2,
    threads: int = 32,
    **more: str,
) -> Iterator[RunningSite]:
    """Start the site, and stop it at the end, whatever happens. ``more`` goes into its environment."""
    command = [*COMMANDS[program], f"--workers={workers}"]
    if program == "gunicorn":
        command.append(f"--threads={threads}")
    variables = environment(folder, database_url, **more)
    del variables["OAUTHCORE_ISSUER"]  # it gets the port that is found
    site = served.start(program, Place(folder, "proof"), {}, command=command, **variables)
    try:
        yield RunningSite(site.url, site.server, program)
    finally:
        site.server.stop()
