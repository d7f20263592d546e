"""The plan past one table, tried: the site goes on with tokens and codes in hash partitions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core.management import call_command

from proof.cluster.cluster import Cluster
from proof.cluster.load import under_load
from proof.cluster.partitions import partition, partitions_asked
from proof.findings import Findings
from proof.runs.run import RunOn


@dataclass(frozen=True)
class Size:
    """How many partitions there are, and for how long clients send."""

    partitions: int
    clients: int
    turns: int


def work(cluster: Cluster, size: Size) -> Findings:
    """Partition under live tokens, use and end them, issue new ones, clean up."""
    found = Findings()
    with under_load(cluster, found, clients=size.clients) as load:
        _wait_for_turns(cluster, load.turns, size.turns)
    partition(cluster.databases.primary, partitions=size.partitions)
    asked = partitions_asked(cluster.databases.primary)
    found.numbers["partitions looked into for one token"] = len(asked)
    found.expect(len(asked) == 1, f"a token is looked for in {sorted(asked)}")
    with under_load(cluster, found, clients=size.clients) as load:
        _wait_for_turns(cluster, load.turns, size.turns)
    call_command("oauthcore_cleanup", verbosity=0)
    return found


def _wait_for_turns(cluster: Cluster, turns: Callable[[], int], wanted: int) -> None:
    cluster.wait_for(lambda: turns() >= wanted, "clients do not get on", seconds=300)


RUN = RunOn(
    "partitioning",
    "Tokens and codes in hash partitions by digest: one partition is asked for a token, and nothing is lost.",
    work,
    {
        "short": Size(partitions=8, clients=4, turns=40),
        "long": Size(partitions=32, clients=8, turns=1000),
    },
)
