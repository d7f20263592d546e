"""A node is killed while clients send: the other one goes on, and the lost one comes back."""

from __future__ import annotations

import time
from dataclasses import dataclass

from proof.cluster.cluster import Cluster
from proof.cluster.load import under_load
from proof.findings import Findings
from proof.runs.run import RunOn


@dataclass(frozen=True)
class Size:
    """How many clients send, how often a node is killed, and the seconds between."""

    clients: int
    kills: int
    seconds: float


def work(cluster: Cluster, size: Size) -> Findings:
    """Kill the nodes in turn, and start each again."""
    found = Findings()
    with under_load(cluster, found, clients=size.clients) as load:
        time.sleep(size.seconds)
        for number in range(size.kills):
            node = cluster.nodes[number % len(cluster.nodes)]
            killed_at = time.monotonic()
            node.kill()
            found.count("nodes killed")
            cluster.wait_for(lambda: load.is_served_again(killed_at), "no node serves")  # noqa: B023
            time.sleep(size.seconds)
            node.start()
            time.sleep(size.seconds)
    for flow in ("client_credentials", "use", "revoke"):
        found.expect(load.without_success(flow) < 5, f"{flow}: no success for long although a node was left")
    return found


RUN = RunOn(
    "losing_a_node",
    "A node is killed under load: nothing that was answered is lost, and the other node serves.",
    work,
    {"short": Size(clients=4, kills=2, seconds=1.5), "long": Size(clients=8, kills=20, seconds=4)},
)
