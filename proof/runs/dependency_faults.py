"""R4: what the site depends on fails, one after the other, while clients go on using it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial

import psycopg
from django.db import connections

from proof.clients.applications import ApplicationClient
from proof.clients.sending import Sender
from proof.clients.traffic import Heard, Told, seconds_until_well, visitors
from proof.findings import Findings
from proof.rig import DATABASE, Rig
from proof.runs.run import Run
from proof.servers.faulty_network import Fault, FaultyNetwork, faulty_network
from proof.servers.store import CountingStore, counting_store
from tests.support.factories import register
from tests.support.frozen import frozen
from tests.support.percentiles import percentile

MOST_SECONDS = 3.0
SECONDS_TO_RECOVER = 5.0
#: These never count a try when all is right, so they do not need the store.
WITHOUT_STORE = {"use", "client_credentials", "code", "refresh", "device_token", "revoke"}


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
#: In these the site can do little or nothing, so it has to say so.
IS_DOWN = {
    *("database frozen", "database stopped", "database killed", "database read-only"),
    *("connections taken", "rows locked by others"),
}
#: In these nobody can count, so a wrong secret cannot be looked at.
CANNOT_COUNT = {"store stopped", "store frozen"}
#: In these answers do not arrive.
LOSES_ANSWERS = {"answers lost", "answers cut"}
#: What ends the connections of the driver too.
ENDS_CONNECTIONS = {"database stopped", "database killed", "connections taken"}


@dataclass(frozen=True)
class Size:
    """Which faults, how often, for how long, and how many clients use the site meanwhile."""

    faults: tuple[str, ...]
    rounds: int
    seconds: float
    clients: int


def work(rig: Rig, size: Size) -> Findings:
    """Let one thing after the other fail, under traffic, and see how the site is and recovers."""
    found = Findings()
    with ExitStack() as stack:
        store = stack.enter_context(counting_store())
        site = stack.enter_context(rig.own_site(LIMITER_URL=store.url))
        network = stack.enter_context(faulty_network(site.url))
        sender = rig.sender(url=site.url)
        world = World(rig, sender, store, network, site.url)
        application = ApplicationClient(rig.sender(url=site.url), register())
        probe = application.act_for_itself
        heard = stack.enter_context(visitors(sender, f"{rig.seed}", how_many=size.clients))
        found.expect(seconds_until_well(probe) < SECONDS_TO_RECOVER, "the site did not come up")
        _wait_for_chains(heard, 2 * size.clients)
        told: dict[str, list[Told]] = {name: [] for name in size.faults}
        for name in size.faults * size.rounds:
            time.sleep(0.5)
            began = time.monotonic()
            if name in ENDS_CONNECTIONS:
                connections.close_all()
            with FAULTS[name](world):
                there_since = time.monotonic()
                time.sleep(size.seconds)
                if name in CANNOT_COUNT:
                    _expect_no_count(found, name, application, world.sender.new_address())
                there_until = time.monotonic()
            seconds = seconds_until_well(probe)
            found.count("faults")
            what = f"{name}: most seconds until well"
            found.numbers[what] = max(seconds, found.numbers.get(what, 0.0))
            found.expect(seconds < SECONDS_TO_RECOVER, f"{name}: it took {seconds} s to recover")
            its = [one for one in list(heard.told) if one.began >= began]
            _judge(found, name, its, since=there_since, until=there_until)
            told[name] += its
        for name, every in told.items():
            _sum_up(found, name, every)
    found.faults += heard.faults
    found.count("requests", len(heard.told))
    connections.close_all()
    return found


def _wait_for_chains(heard: Heard, how_many: int) -> None:
    """Wait until clients have refreshed so often: before that there are no rows to lock."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        told = [one for one in list(heard.told) if one.status == 200]
        if sum(one.flow in ("refresh", "device_token") for one in told) >= how_many:
            return
        time.sleep(0.05)


def _expect_no_count(found: Findings, name: str, application: ApplicationClient, address: str) -> None:
    told = application.act_for_itself(address=address, flow="wrong secret", client_secret="guessed").status
    found.expect(told == 503, f"{name}: a wrong secret was answered {told}")


def _judge(found: Findings, name: str, told: list[Told], *, since: float, until: float) -> None:
    """Judge what was told around a fault, which was there from one moment until another."""
    refused = [one for one in told if one.status == 503]
    slowest = _slowest(refused)
    found.expect(slowest < MOST_SECONDS, f"{name}: the 503 took {slowest} s")
    silent = [one for one in told if one.status == 0]
    found.expect(not silent or name in LOSES_ANSWERS, f"{name}: {len(silent)} requests had no answer at all")
    there = [one for one in told if one.began >= since and one.began + one.seconds <= until]
    are_served = any(200 <= one.status < 300 for one in there)
    found.expect(are_served or name in IS_DOWN | LOSES_ANSWERS, f"{name}: nobody was served")
    found.expect(bool(refused) or name not in IS_DOWN, f"{name}: nothing was refused")
    found.expect(bool(silent) or name not in LOSES_ANSWERS, f"{name}: every request had its answer")
    if name.startswith("store"):
        needless = {one.flow for one in refused} & WITHOUT_STORE
        found.expect(not needless, f"{name}: refused without need: {', '.join(sorted(needless))}")


def _sum_up(found: Findings, name: str, told: list[Told]) -> None:
    refused = [one for one in told if one.status == 503]
    found.numbers[f"{name}: 503 of all"] = f"{len(refused)} of {len(told)}, p99 {_slowest(refused)} s"


def _slowest(told: list[Told]) -> float:
    """Return how long 99 in 100 of the answers took at the most."""
    return round(percentile([one.seconds for one in told]), 3)


def _on_server(world: World, statement: str) -> None:
    url = world.rig.database.url("postgres")
    with psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=off") as connection:
        connection.execute(statement.encode())


RUN = Run(
    "dependency_faults",
    "Database, store and network fail: 503 in time, nothing lost, and well again at once.",
    work,
    {
        "gate": Size(
            faults=("rows locked by others", "database frozen", "database killed", "store frozen"),
            rounds=1,
            seconds=2.2,
            clients=6,
        ),
        "night": Size(faults=tuple(FAULTS), rounds=3, seconds=5, clients=8),
        "release": Size(faults=tuple(FAULTS), rounds=10, seconds=5, clients=8),
    },
)
