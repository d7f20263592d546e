"""The whole cluster: started in order, stopped whatever happens, and what its runs ask of it."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from proof.clients.sending import Sender
from proof.cluster.servers.counting import Valkeys
from proof.cluster.servers.databases import Databases
from proof.cluster.servers.nodes import Node
from proof.cluster.servers.pooler import DATABASE, ROLE, PgBouncer
from proof.cluster.servers.proxy import Proxy
from proof.ledger import Ledger
from proof.rig import empty_tables, set_up_django
from tests.support.servers import launch
from tests.support.servers.launch import ServerError

NODES = 2


@dataclass
class Cluster:
    """What every run is given. ``random`` is seeded."""

    folder: Path
    seed: int
    random: random.Random
    databases: Databases
    poolers: list[PgBouncer]
    nodes: list[Node]
    _stack: ExitStack = field(repr=False)
    valkeys: Valkeys
    proxy: Proxy
    #: The one of the run; ``begin`` makes it.
    ledger: Ledger = field(init=False)
    _runs: int = 0

    def sender(self, node: Node | None = None) -> Sender:
        """Return what sends requests to the proxy, or to one node past it."""
        return Sender(node.url if node else self.proxy.url, self.ledger, seed=self.seed)

    def begin(self, name: str) -> None:
        """Begin a run: with empty tables but for new signing keys, an empty ledger, and chance anew."""
        self._runs += 1
        self.random = random.Random(f"{self.seed} {name}")
        self.ledger = Ledger(self.folder / f"ledger-{self._runs}-{name}.jsonl")
        _empty_tables()

    def point_poolers(self) -> None:
        """Lead both nodes, and this process, to the primary and the replica that there are now."""
        primary = self.databases.primary.port
        replica = self.databases.replica.port if self.databases.replica else primary
        for one in self.poolers:
            one.point_to(primary=primary, replica=replica)
        look_at(primary)

    def renew_replica(self) -> None:
        """Make a replica of the primary that there is now, and lead the nodes to both."""
        self.databases.add_replica()
        self.point_poolers()

    def wait_for(self, holds: Callable[[], bool], fault: str, *, seconds: float = 30) -> float:
        """Wait until something holds, and return for how long. Raises ServerError after so many seconds."""
        began = time.monotonic()
        while not holds():
            if time.monotonic() - began > seconds:
                raise ServerError(fault)
            time.sleep(0.05)
        return time.monotonic() - began

    def renew_valkeys(self) -> None:
        """Give the nodes new servers that count. They are started again, because their setting changes."""
        self.valkeys.stop()
        self.valkeys = Valkeys()
        self._stack.callback(self.valkeys.stop)
        for node in self.nodes:
            node.variables["LIMITER_URL"] = self.valkeys.url
            node.stop()
            node.start()


def _empty_tables() -> None:
    from tests.support.signing import make_keys

    empty_tables()
    make_keys()


def look_at(port: int) -> None:
    """Let Django in this process, which plants rows and audits, connect to another server."""
    from django.db import connections

    connections.close_all()
    connections.settings["default"]["PORT"] = port
    connections["default"].settings_dict["PORT"] = port


@contextmanager
def started_cluster(*, seed: int, folder: Path | None = None) -> Iterator[Cluster]:
    """Start everything. Everything ends with the block."""
    with ExitStack() as stack:
        where = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oauthcore-cluster-")))
        for name in ("static", "temporary"):
            (where / name).mkdir(parents=True, exist_ok=True)
        databases = Databases()
        stack.callback(databases.stop)
        _set_up(where, databases, stack)
        databases.add_replica()
        assert databases.replica is not None
        valkeys = Valkeys()
        stack.callback(valkeys.stop)
        poolers = []
        for _ in range(NODES):
            pooler = PgBouncer(primary=databases.primary.port, replica=databases.replica.port)
            stack.callback(pooler.stop)
            poolers.append(pooler)
        port = launch.free_port()
        issuer = f"http://127.0.0.1:{port}"
        nodes = []
        for pooler in poolers:
            node = Node(where, pooler, issuer=issuer, limiter=valkeys.url)
            stack.callback(node.stop)
            nodes.append(node)
        proxy = Proxy([node.port for node in nodes], port=port)
        stack.callback(proxy.stop)
        cluster = Cluster(where, seed, random.Random(seed), databases, poolers, nodes, stack, valkeys, proxy)
        cluster.wait_for(lambda: all(node.is_ready() for node in nodes), "the nodes are not ready")
        yield cluster


def _set_up(folder: Path, databases: Databases, stack: ExitStack) -> None:
    """Make the database and the role of the site, set Django up in this process, and migrate."""
    primary = databases.primary
    primary.ask(f'CREATE DATABASE "{DATABASE}"')
    primary.ask(f'CREATE ROLE "{ROLE}" LOGIN')
    for name, value in {
        "lock_timeout": "1400ms",
        "statement_timeout": "1700ms",
        "idle_in_transaction_session_timeout": "30s",
    }.items():
        primary.ask(f"ALTER ROLE \"{ROLE}\" SET {name} = '{value}'")
    url = f"postgres://postgres@127.0.0.1:{primary.port}/{DATABASE}"
    set_up_django(folder, url, stack)
    _empty_tables()
    for kind in ("TABLES", "SEQUENCES"):
        primary.ask(f'GRANT ALL ON ALL {kind} IN SCHEMA public TO "{ROLE}"', database=DATABASE)
