"""What the cluster carries, and what a request costs each part of it. The figures are for a quiet machine."""

from __future__ import annotations

import os
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from proof.clients.applications import ApplicationClient, use
from proof.clients.families import Family, application_family
from proof.clients.sending import Answer, Sender
from proof.cluster.cluster import Cluster
from proof.findings import Findings
from proof.runs.run import RunOn
from tests.support.factories import register
from tests.support.percentiles import percentile

_TICKS = os.sysconf("SC_CLK_TCK")
CORES_OF_A_NODE = 2


@dataclass(frozen=True)
class Size:
    """For how many seconds each number of clients sends."""

    seconds: float
    clients: tuple[int, ...]


def work(cluster: Cluster, size: Size) -> Findings:
    """Send each kind of request as fast as clients can, and see who has computed meanwhile."""
    found = Findings()
    for what, begin in _WAYS.items():
        for clients in size.clients:
            acts = [begin(cluster.sender()) for _ in range(clients)]
            _measure(cluster, found, f"{what}, {clients} clients", acts, size.seconds)
    return found


def _checking(sender: Sender) -> Callable[[], Answer]:
    token = application_family(sender).access_tokens[0]
    return lambda: use(sender, token)


def _issuing(sender: Sender) -> Callable[[], Answer]:
    client = ApplicationClient(sender, register())
    return lambda: client.act_for_itself(scope="read")


def _refreshing(sender: Sender) -> Callable[[], Answer]:
    family: Family = application_family(sender)

    def refresh() -> Answer:
        answer = family.refresh()
        family.keep(answer)
        return answer

    return refresh


def _introspecting(sender: Sender) -> Callable[[], Answer]:
    client = ApplicationClient(sender, register())
    token = client.act_for_itself(scope="read")["access_token"]
    return lambda: client.introspect(token)


_WAYS: dict[str, Callable[[Sender], Callable[[], Answer]]] = {
    "bearer check": _checking,
    "client credentials": _issuing,
    "refresh": _refreshing,
    "introspection": _introspecting,
}


def _measure(
    cluster: Cluster, found: Findings, what: str, acts: list[Callable[[], Answer]], seconds: float
) -> None:
    taken: list[float] = []
    statuses: set[int] = set()

    def work(act: Callable[[], Answer]) -> None:
        while time.monotonic() < ends_at:
            answer = act()
            taken.append(answer.seconds)
            statuses.add(answer.status)

    parts = _parts(cluster)
    before = _computed(parts)
    began = time.monotonic()
    ends_at = began + seconds
    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lasted = time.monotonic() - began
    cost = {name: (spent - before[name]) / len(taken) * 1000 for name, spent in _computed(parts).items()}
    found.expect(statuses == {200}, f"{what}: answers {sorted(statuses)}")
    of_parts = ", ".join(f"{name} {milliseconds:.2f}" for name, milliseconds in cost.items())
    carried = CORES_OF_A_NODE * 1000 / cost["nodes"] if cost["nodes"] else 0.0
    found.numbers[what] = (
        f"{len(taken) / lasted:.0f} a second, median {statistics.median(taken) * 1000:.1f} ms, "
        f"p99 {percentile(taken) * 1000:.1f} ms; ms of a core for each request: {of_parts}; "
        f"two cores of a node carry {carried:.0f} a second"
    )


def _parts(cluster: Cluster) -> dict[str, list[int]]:
    """Return the guardians of each part: what is below them belongs to it."""
    databases = cluster.databases
    replicas = [databases.replica.server] if databases.replica else []
    servers = {
        "nodes": [node.server for node in cluster.nodes],
        "PgBouncer": [one.server for one in cluster.poolers],
        "primary": [databases.primary.server],
        "replica": replicas,
        "Valkey": [*cluster.valkeys.servers, *cluster.valkeys.sentinels],
        "proxy": [cluster.proxy.server],
    }
    return {name: [one.process.pid for one in some] for name, some in servers.items()}


def _computed(parts: dict[str, list[int]]) -> dict[str, float]:
    """Return the seconds that the processes of each part, and all below them, have computed.

    Those that ended count at their parents. The processes of the machine are read once.
    """
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        pid = int(path.parent.name)
        ticks[pid] = sum(map(int, words[11:15]))
        children.setdefault(int(words[1]), []).append(pid)

    def total(pids: list[int]) -> int:
        return sum(ticks.get(pid, 0) + total(children.get(pid, [])) for pid in pids)

    return {name: total(pids) / _TICKS for name, pids in parts.items()}


RUN = RunOn(
    "carrying",
    "Figures: what the cluster carries, and what a request costs each part.",
    work,
    {"short": Size(seconds=2, clients=(4,)), "long": Size(seconds=15, clients=(1, 4, 16))},
    is_audited=False,
)
