"""Connections to a server, spread evenly over its workers.

The workers of gunicorn compete for connections. One of them may get all, and the others none. That is chance,
and says nothing about the site, so each worker gets its share.
"""

from __future__ import annotations

import math
import socket
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

SECONDS_TO_ANSWER = 20
_SECONDS_TO_ACCEPT = 5
_SECONDS_TO_SPREAD = 5
_INODE = 9
"""Which column of /proc/net/tcp has it: 0 until somebody has accepted the connection."""


class UnevenWorkersError(Exception):
    """A worker takes no connections, or there is none, so they cannot be spread."""


def spread_over(port: int, workers: Sequence[int], count: int) -> list[socket.socket]:
    """Open so many connections to a port of this machine; no worker has more than its share.

    ``workers`` are the numbers of their processes. A connection costs some milliseconds. One that a worker
    has too many is closed again. Raises UnevenWorkersError if a worker takes too few within five seconds.
    """
    if not workers:
        raise UnevenWorkersError("the server has no workers")
    most, taken = math.ceil(count / len(workers)), Counter[int]()
    ends_at = time.monotonic() + _SECONDS_TO_SPREAD
    with ExitStack() as opened:
        kept: list[socket.socket] = []
        while len(kept) < count:
            if time.monotonic() > ends_at:
                shares = [taken[one] for one in workers]
                raise UnevenWorkersError(f"after {_SECONDS_TO_SPREAD} seconds the workers have {shares}")
            connection = opened.enter_context(_connected(port))
            worker = _accepted_by(connection, workers)
            if taken[worker] < most:
                taken[worker] += 1
                kept.append(connection)
            else:
                connection.close()
        opened.pop_all()
        return kept


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=SECONDS_TO_ANSWER)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _accepted_by(connection: socket.socket, workers: Sequence[int]) -> int:
    """Return which worker has the other end of a connection."""
    ends_at = time.monotonic() + _SECONDS_TO_ACCEPT
    here, there = _written(connection.getsockname()), _written(connection.getpeername())
    while time.monotonic() < ends_at:
        inode = _inode(of=there, towards=here)
        if inode and (found := [worker for worker in workers if _has(worker, inode)]):
            return found[0]
        time.sleep(0.001)
    raise UnevenWorkersError(f"no worker accepts a connection within {_SECONDS_TO_ACCEPT} seconds")


def _written(address: tuple[str, int]) -> str:
    """Return an address as the kernel writes it: 127.0.0.1, port 80 is ``0100007F:0050``."""
    host, port = address
    return f"{int.from_bytes(socket.inet_aton(host), 'little'):08X}:{port:04X}"


def _inode(*, of: str, towards: str) -> int:
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines())
    return next((int(line[_INODE]) for line in lines if line[1:3] == [of, towards]), 0)


def _has(process: int, inode: int) -> bool:
    for one in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed in between
            if str(one.readlink()) == f"socket:[{inode}]":
                return True
    return False
