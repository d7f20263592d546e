"""A benchmark under load gives each worker of a server the same number of connections."""

from __future__ import annotations

import multiprocessing
import selectors
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess

import pytest

from benchmarks.field import connections
from benchmarks.field.connections import UnevenWorkersError, spread_over
from benchmarks.field.driver import drive
from benchmarks.serving import Gunicorn

pytestmark = pytest.mark.sqlite_only("no database is asked")


ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b"


@dataclass(frozen=True)
class Server(Gunicorn):
    """A server whose workers are known."""

    pids: tuple[int, ...] = ()

    @property
    def workers(self) -> list[int]:
        return list(self.pids)


def answer(listener: socket.socket) -> None:
    """Take connections, and answer in each with the number of the process that has it."""
    pid = str(multiprocessing.current_process().pid).encode()
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                if connection is listener:
                    with suppress(BlockingIOError):  # the other worker was faster
                        selector.register(listener.accept()[0], selectors.EVENT_READ)
                elif connection.recv(1000):
                    connection.sendall(ANSWER % (len(pid), pid))
                else:
                    selector.unregister(connection)
                    connection.close()


@contextmanager
def workers(listener: socket.socket, count: int) -> Iterator[list[int]]:
    processes: list[BaseProcess] = [
        multiprocessing.get_context("fork").Process(target=partial(answer, listener), daemon=True)
        for _ in range(count)
    ]
    for one in processes:
        one.start()
    try:
        yield [one.pid for one in processes if one.pid]
    finally:
        for one in processes:
            one.kill()
            one.join()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as found:
        found.setblocking(False)
        yield found


@pytest.mark.parametrize(("count", "shares"), [(3, [1, 2]), (4, [2, 2]), (16, [8, 8])])
def test_each_worker_gets_its_share(listener: socket.socket, count: int, shares: list[int]) -> None:
    answered_by: dict[bytes, bytes] = {}

    def same(request: bytes, worker: bytes) -> bytes:
        answered_by[request] = worker
        return request

    with workers(listener, 2) as pids:
        server = Server(listener.getsockname()[1], guardian=0, pids=tuple(pids))
        drive(server, [b"client %d" % number for number in range(count)], same, seconds=0.2)

    assert sorted(Counter(answered_by.values()).values()) == shares


def test_a_server_that_has_ended_is_a_fault(listener: socket.socket) -> None:
    with workers(listener, 1) as pids:
        ended = Gunicorn(listener.getsockname()[1], guardian=pids[0])

    with pytest.raises(UnevenWorkersError, match="the server has no workers"):
        drive(ended, [b"client"], lambda request, _: request, seconds=0.2)


def test_a_worker_that_takes_no_connection_is_named_a_fault(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_SECONDS_TO_SPREAD", 0.5)
    with (
        workers(listener, 1) as pids,
        socket.create_server(("127.0.0.1", 0)) as other,
        workers(other, 1) as idle,
        pytest.raises(UnevenWorkersError, match=r"the workers have \[2, 0\]"),
    ):
        spread_over(listener.getsockname()[1], [*pids, *idle], 4)


def test_a_server_that_accepts_nothing_is_a_fault(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_SECONDS_TO_ACCEPT", 0.05)
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        workers(other, 1) as idle,
        pytest.raises(UnevenWorkersError, match="no worker accepts"),
    ):
        spread_over(listener.getsockname()[1], idle, 1)
