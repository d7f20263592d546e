"""A database server that can be stopped in the middle of things, as a machine does whose disk hangs."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.servers.launch import Server


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """Stop every process of the server; their kernel goes on acknowledging what is sent to them."""
    (parent,) = children_of(server.process.pid)  # what the test run started is the server's guardian
    stopped = [parent]
    os.kill(parent, signal.SIGSTOP)
    try:
        for child in children_of(parent):
            stopped.append(child)
            _send(child, signal.SIGSTOP)
        while not all(
            map(_has_stopped, stopped)
        ):  # threads stop one after the other, and one may still answer
            time.sleep(0.001)
        yield
    finally:
        for pid in stopped:
            _send(pid, signal.SIGCONT)


def _send(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # the server's children come and go
        os.kill(pid, what)


def _has_stopped(pid: int) -> bool:
    """Return whether every thread of a process has stopped, or the process has ended."""
    return all(_state_of(thread) in "TtZX" for thread in Path(f"/proc/{pid}/task").glob("*/stat"))


def _state_of(stat: Path) -> str:
    try:
        return stat.read_text().rpartition(")")[2].split()[0]
    except OSError:  # it has ended
        return "X"


def children_of(parent: int) -> list[int]:
    """Return the processes that a process has started, and that have not ended."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in pids if _parent_of(pid) == parent]


def _parent_of(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # it has ended
        return 0
    return int(stat.rpartition(")")[2].split()[1])
