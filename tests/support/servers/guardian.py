"""Runs one server program and ends it when whoever started it is gone, however that came about.

The starter holds the other end of this program's standard input and never writes to it. The end of that
stream is the order to stop: it comes when the starter closes the pipe, and just as well when the starter is
killed, so a test run leaves neither a process nor a folder behind.

    python guardian.py FOLDER USER SIGNAL COMMAND…

FOLDER is removed at the end, USER is a name or "-" for the caller's own, SIGNAL is what the server
takes as a request to stop. The server's output goes to FOLDER/log.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
SECONDS_TO_STOP = 10


class ServerEndedError(Exception):
    """The server ended although nobody asked it to."""


def _server_ended(*_: object) -> None:
    if sys.platform == "linux" and not os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        return  # it was only stopped, or goes on: a test may do that to it
    raise ServerEndedError


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _start(folder: Path, user: str, command: list[str]) -> subprocess.Popen[bytes]:
    identity = None if user == "-" else pwd.getpwnam(user)
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - there is one thread here
            user=identity.pw_uid if identity else None,
            group=identity.pw_gid if identity else None,
            extra_groups=[] if identity else None,
        )


def _stop(server: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    server.send_signal(stop_signal)
    try:
        server.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def main(folder: Path, user: str, stop_signal: signal.Signals, command: list[str]) -> int:
    """Run the command until standard input ends; return the exit status of this program."""
    signal.signal(signal.SIGCHLD, _server_ended)
    try:
        server = _start(folder, user, command)
        sys.stdin.buffer.read()
    except ServerEndedError:
        return 1  # the folder stays for the starter, who reads the log and removes it
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _stop(server, stop_signal)
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    _folder, _user, _signal, *_command = sys.argv[1:]
    sys.exit(main(Path(_folder), _user, signal.Signals[_signal], _command))
