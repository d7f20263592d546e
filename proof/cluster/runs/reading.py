"""Reads that decide about access go to the primary, and the site's own go to the replica."""

from __future__ import annotations

from dataclasses import dataclass

from proof.clients.families import application_family, device_family
from proof.cluster.cluster import Cluster
from proof.cluster.servers.databases import Postgres
from proof.cluster.servers.pooler import DATABASE, ROLE
from proof.findings import Findings
from proof.runs.run import RunOn

#: What decides who may do what. A picture names its account, so that is joined to it on the replica.
_DECIDING = ("oauthcore_", "auth_", "django_session", "accounts_membership")
_SCANS = """
    SELECT relname, seq_scan + coalesce(idx_scan, 0) FROM pg_stat_user_tables
    WHERE seq_scan + coalesce(idx_scan, 0) > 0
"""


@dataclass(frozen=True)
class Size:
    """How often each way is gone."""

    rounds: int


def work(cluster: Cluster, size: Size) -> Findings:
    """Use every kind of credential, read pictures, and ask the replica which tables it has read."""
    found = Findings()
    replica = cluster.databases.the_replica()
    before = _scans(replica)
    senders = [cluster.sender(node) for node in cluster.nodes]
    for number in range(size.rounds):
        sender = senders[number % len(senders)]
        for begin in (application_family, device_family):
            family = begin(sender)
            found.expect(family.is_live(), "a token that was just issued is refused")
            headers = {"Authorization": f"Bearer {family.access_tokens[-1]}"}
            answer = sender.send("pictures", "GET", "/v1/public/images", headers=headers)
            found.expect(answer.status == 200, f"pictures: {answer.status} {answer.error}")
            family.end()
            found.expect(family.is_dead(), "a token is taken after its end")
        found.count("rounds")
    read = {table: scans - before.get(table, 0) for table, scans in _scans(replica).items()}
    read = {table: scans for table, scans in read.items() if scans > 0}
    found.numbers["tables read on the replica"] = ", ".join(sorted(read)) or "none"
    strayed = [table for table in sorted(read) if table.startswith(_DECIDING)]
    found.expect(not strayed, f"the replica was asked for {', '.join(strayed)}")
    found.expect(bool(read), "the replica was not asked for pictures, so the run shows nothing")
    return found


def _scans(replica: Postgres) -> dict[str, int]:
    """Return how often each table was read. A process tells at its end, else late."""
    ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s"
    replica.ask(ended, ROLE)
    return dict(replica.ask(_SCANS, database=DATABASE))


RUN = RunOn(
    "reading",
    "Credentials, people and sessions are read from the primary; pictures from the replica.",
    work,
    {"short": Size(rounds=2), "long": Size(rounds=50)},
)
