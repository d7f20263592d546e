"""The primary database is lost while clients send, and the replica takes its place."""

from __future__ import annotations

import time
from dataclasses import dataclass

from proof.audit import audit
from proof.clients.applications import use
from proof.cluster.cluster import NODES, Cluster
from proof.cluster.load import under_load
from proof.cluster.servers.nodes import WORKERS
from proof.cluster.servers.pooler import DATABASE
from proof.findings import Findings
from proof.runs.run import RunOn

#: How often a token is checked while commits wait.
_LOOKS = 40
_COMMITS_THAT_WAIT = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


@dataclass(frozen=True)
class Size:
    """How many clients send, how many failovers there are, and the seconds between."""

    clients: int
    failovers: int
    seconds: float


def work(cluster: Cluster, size: Size) -> Findings:
    """Freeze the primary, fence it, promote the replica, point the poolers to it; make a new replica.

    No primary lives long enough here for autovacuum to count its rows, so each is told to.
    """
    found = Findings()
    with under_load(cluster, found, clients=size.clients, families=3 + 3 * size.failovers) as load:
        for number in range(size.failovers):
            time.sleep(size.seconds)
            began = time.monotonic()
            if number % 2 == 0:
                cluster.databases.primary.freeze()  # a machine that hangs, and may come back
                time.sleep(1)
            promotion = fail_over(cluster)
            promoted = time.monotonic()
            cluster.wait_for(lambda: load.is_served_again(promoted), "nobody is served")  # noqa: B023
            found.count("failovers")
            found.numbers[f"failover {number + 1}, from the loss to the first token"] = (
                f"{time.monotonic() - began:.1f} s, of which the promotion took {promotion:.1f} s"
            )
            cluster.renew_replica()
            cluster.databases.primary.ask("ANALYZE", database=DATABASE)
        time.sleep(size.seconds)
    return found


def fail_over(cluster: Cluster) -> float:
    """Return how many seconds the promotion took.

    Fence first. A primary that is only thought to be lost still answers, with tokens that have ended.
    """
    old = cluster.databases.primary
    old.kill()
    began = time.monotonic()
    cluster.databases.promote()
    took = time.monotonic() - began
    cluster.point_poolers()
    return took


RUN = RunOn(
    "losing_the_primary",
    "The database fails over under load: no commit that was answered is lost.",
    work,
    {"short": Size(clients=4, failovers=1, seconds=2), "long": Size(clients=8, failovers=6, seconds=10)},
)


def lose_the_replica(cluster: Cluster, size: Size) -> Findings:
    """Kill the replica: commits wait in vain, tokens are still checked; an operator goes on without it."""
    found = Findings()
    with under_load(cluster, found, clients=size.clients) as load:
        time.sleep(size.seconds)
        checked = load.clients[0].families[0].access_tokens[0]
        cluster.databases.lose_replica()
        time.sleep(1)
        lost_at = time.monotonic()
        time.sleep(size.seconds)
        found.expect(not load.is_served_again(lost_at), "a commit was answered that no replica has")
        looks = [use(cluster.sender(), checked).status for _ in range(_LOOKS)]
        found.expect(set(looks) == {200}, f"a token was not taken meanwhile: {looks}")
        ((waiting,),) = cluster.databases.primary.ask(_COMMITS_THAT_WAIT)
        found.numbers["commits that waited at the server"] = waiting
        found.expect(waiting <= size.clients * NODES * WORKERS, f"{waiting} commits use up connections")
        cluster.databases.give_up_the_replica()
        cluster.point_poolers()
        given_up_at = time.monotonic()
        again = cluster.wait_for(lambda: load.is_served_again(given_up_at), "commits still wait")
        found.numbers["first token after commits wait for nobody"] = f"{again:.1f} s"
        cluster.renew_replica()
        time.sleep(size.seconds)
    unserved = [family for client in load.clients for family in client.unserved]
    found.expect(bool(unserved), "no refresh was answered 503 while commits waited")
    for family in unserved:
        answer = family.refresh()
        found.count("refreshes that were 503 and sent again")
        found.expect(
            answer.status == 200, f"a refresh that was 503, sent again: {answer.status} {answer.error}"
        )
        family.keep(answer)
    return found


LOSING_THE_REPLICA = RunOn(
    "losing_the_replica",
    "The synchronous replica is lost: nothing is answered that it does not have, and no token is refused.",
    lose_the_replica,
    {"short": Size(clients=4, failovers=0, seconds=2), "long": Size(clients=8, failovers=0, seconds=10)},
)


def lose_what_was_not_sent(cluster: Cluster, size: Size) -> Findings:
    """The control: commits wait for nobody, and the replica is late. The audit must find what is lost."""
    found = Findings()
    cluster.databases.give_up_the_replica()
    cluster.wait_for(lambda: not cluster.databases.is_synchronous(), "commits still wait")
    unnoticed = Findings()
    with under_load(cluster, unnoticed, clients=size.clients):
        time.sleep(1)
        cluster.databases.hold_back()
        time.sleep(size.seconds)
        fail_over(cluster)
        time.sleep(1)
    lost = audit(cluster.ledger)
    found.numbers["what the audit found"] = " | ".join(lost)
    found.expect(any(one.startswith("I-8") for one in lost), "commits were lost, and the audit found nothing")
    cluster.renew_replica()
    return found


LOSING_COMMITS = RunOn(
    "losing_commits",
    "The control: with an asynchronous replica a failover loses commits, and the audit says so.",
    lose_what_was_not_sent,
    {"short": Size(clients=4, failovers=1, seconds=2), "long": Size(clients=8, failovers=1, seconds=3)},
    is_audited=False,
)
