"""What has to be set behind PgBouncer in transaction mode: the checks find what is missing, by trying."""

from __future__ import annotations

import re
import subprocess
import sys

from proof.cluster.cluster import Cluster
from proof.cluster.servers.nodes import Node
from proof.cluster.servers.pooler import DATABASE, ROLE
from proof.findings import Findings
from proof.runs.run import RunOn

_OURS = re.compile(r"oauthcore\.([EW]11[0-2])")


def work(cluster: Cluster, size: None) -> Findings:
    """Ask with the right settings, with Django's own, without limits of the role, and at a replica."""
    found, node = Findings(), cluster.nodes[0]
    primary, replica = cluster.databases.primary, cluster.databases.the_replica()
    right = node.variables["DATABASE_URL"]
    usual = right.partition("?")[0]
    _expect(found, "the settings of the nodes", _check(node, right), set())
    _expect(found, "settings for a direct connection", _check(node, usual), {"W110", "W111"})
    limits = primary.ask("SELECT unnest(rolconfig) FROM pg_roles WHERE rolname = %s", ROLE)
    primary.ask(f'ALTER ROLE "{ROLE}" RESET ALL')
    _end_sessions(cluster)
    _expect(found, "a role without limits", _check(node, right), {"W112"})
    for (limit,) in limits:
        name, _, value = limit.partition("=")
        primary.ask(f"ALTER ROLE \"{ROLE}\" SET {name} = '{value}'")
    _end_sessions(cluster)
    _expect(found, "a role with limits", _check(node, right), set())
    node.pooler.point_to(primary=replica.port, replica=replica.port)
    _expect(found, "a node at the replica", _check(node, right), {"E111"})
    cluster.wait_for(lambda: not node.is_ready(), "a node is ready although its database is a replica")
    cluster.point_poolers()
    cluster.wait_for(node.is_ready, "the node is not ready again")
    return found


def _expect(found: Findings, what: str, ids: set[str], wanted: set[str]) -> None:
    found.numbers[what] = ", ".join(sorted(ids)) or "nothing"
    found.expect(ids == wanted, f"{what}: {sorted(ids)} instead of {sorted(wanted)}")


def _end_sessions(cluster: Cluster) -> None:
    """A role's settings hold for new sessions; poolers keep the old ones."""
    ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s"
    cluster.databases.primary.ask(ended, ROLE)


_CHECK = """
import django
django.setup()
from oauthcore.checks.database_servers import check_server
print([one.id for one in check_server(databases=["default"])])
"""


def _check(node: Node, url: str) -> set[str]:
    """Ask the check as the node would, on another database URL. Others may fail where statements are lost."""
    done = subprocess.run(
        [sys.executable, "-c", _CHECK],
        env={**node.variables, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return set(_OURS.findall(done.stdout))


RUN = RunOn(
    "pooling",
    f"Behind PgBouncer the checks find what {DATABASE} must set, and a replica in the primary's place.",
    work,
    {"short": None, "long": None},
)
