"""A benchmark under load gives each worker of a server the same number of connections."""

from __future__ import annotations

import multiprocessing
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.process import BaseProcess

import pytest

from benchmarks.field import connections
from benchmarks.field.connections import UnevenWorkersError, spread_over

pytestmark = pytest.mark.sqlite_only("no database is asked")


def accept(listener: socket.socket) -> None:
    """Take every connection, and say in each which process has it."""
    kept = []
    while True:
        connection, _ = listener.accept()
        connection.sendall(str(multiprocessing.current_process().pid).encode())
        kept.append(connection)


@contextmanager
def workers(port_of: socket.socket, count: int) -> Iterator[list[int]]:
    processes: list[BaseProcess] = [
        multiprocessing.get_context("fork").Process(target=partial(accept, port_of), daemon=True)
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
        yield found


@pytest.mark.parametrize(("count", "shares"), [(1, [1]), (3, [1, 2]), (4, [2, 2]), (16, [8, 8])])
def test_each_worker_gets_its_share(listener: socket.socket, count: int, shares: list[int]) -> None:
    with workers(listener, 2) as pids:
        opened = spread_over(listener.getsockname()[1], pids, count)
        taken = Counter(int(one.recv(20)) for one in opened)

    for one in opened:
        one.close()
    assert sorted(taken.values()) == shares
    assert set(taken) <= set(pids)


def test_a_worker_that_takes_no_connection_is_named_a_fault(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_MOST_TRIES", 20)
    with (
        workers(listener, 1) as pids,
        socket.create_server(("127.0.0.1", 0)) as other,
        workers(other, 1) as idle,
        pytest.raises(UnevenWorkersError, match="after 20 connections"),
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
