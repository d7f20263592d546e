"""The faults of what the site depends on: each is there as long as its block lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial

import psycopg

from proof.clients.sending import Sender
from proof.rig import DATABASE, Rig
from proof.servers.faulty_network import Fault, FaultyNetwork
from proof.servers.store import CountingStore
from tests.support.frozen import frozen


@dataclass
class World:
    """What can fail."""

    rig: Rig
    sender: Sender
    store: CountingStore
    network: FaultyNetwork
    site_url: str


@contextmanager
def _stopped(mode: str, world: World) -> Iterator[None]:
    world.rig.database.stop(mode)
    yield
    world.rig.database.start()


@contextmanager
def _frozen_database(world: World) -> Iterator[None]:
    with frozen(world.rig.database.server):
        yield


@contextmanager
def _read_only(world: World) -> Iterator[None]:
    _on_server(world, "ALTER SYSTEM SET default_transaction_read_only = on")
    _on_server(world, "SELECT pg_reload_conf()")
    yield
    _on_server(world, "ALTER SYSTEM RESET default_transaction_read_only")
    _on_server(world, "SELECT pg_reload_conf()")


@contextmanager
def _without_connections(world: World) -> Iterator[None]:
    """Take every connection that the server has, those of the site as well."""
    url = world.rig.database.url("postgres")
    with ExitStack() as taken, psycopg.connect(url, autocommit=True) as first:
        for _ in range(3):  # the site takes back some of its own
            with suppress(psycopg.OperationalError):
                while True:
                    taken.enter_context(psycopg.connect(url))
            first.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [DATABASE]
            )
        with suppress(psycopg.OperationalError):
            while True:
                taken.enter_context(psycopg.connect(url))
        yield


_TRIES_TO_LOCK = 10


@contextmanager
def _rows_locked(world: World) -> Iterator[None]:
    with psycopg.connect(world.rig.database_url) as holder:
        for _ in range(_TRIES_TO_LOCK):
            with suppress(psycopg.errors.DeadlockDetected):  # with a request that locks rows in another order
                for table in ("oauthcore_grant", "oauthcore_token", "oauthcore_limitwindow"):
                    holder.execute(f"SELECT 1 FROM {table} FOR UPDATE".encode())
                break
            holder.rollback()
        else:
            raise RuntimeError("the rows could not be locked")
        yield
        holder.rollback()


@contextmanager
def _store_stopped(world: World) -> Iterator[None]:
    world.store.stop()
    yield
    world.store.start()


@contextmanager
def _store_frozen(world: World) -> Iterator[None]:
    with frozen(world.store.server):
        yield


@contextmanager
def _store_flushed(world: World) -> Iterator[None]:
    world.store.flush()
    yield


@contextmanager
def _network(fault: Fault, world: World) -> Iterator[None]:
    world.network.fault = fault
    world.sender.turn_to(f"http://{world.network.address}")
    yield
    world.network.fault = Fault()
    world.sender.turn_to(world.site_url)


#: Every fault by its name.
FAULTS: Mapping[str, Callable[[World], AbstractContextManager[None]]] = {
    "rows locked by others": _rows_locked,
    "database frozen": _frozen_database,
    "database stopped": partial(_stopped, "fast"),
    "database killed": partial(_stopped, "immediate"),
    "database read-only": _read_only,
    "connections taken": _without_connections,
    "store stopped": _store_stopped,
    "store frozen": _store_frozen,
    "store emptied": _store_flushed,
    "answers lost": partial(_network, Fault(cut_answer_after=0)),
    "answers cut": partial(_network, Fault(cut_answer_after=40)),
    "requests delayed": partial(_network, Fault(delay_seconds=0.3)),
    "clients half closed": partial(_network, Fault(half_close=True)),
    "sent in pieces": partial(_network, Fault(piece=40, pause_seconds=0.005)),
}


def _on_server(world: World, statement: str) -> None:
    url = world.rig.database.url("postgres")
    with psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=off") as connection:
        connection.execute(statement.encode())
