"""What ends at one node has ended at the other one, at once, however late the replica is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from proof.clients.applications import ApplicationClient, use
from proof.clients.families import Family, application_family, device_family
from proof.clients.people import change_password, deactivate
from proof.clients.sending import Answer, Sender
from proof.cluster.cluster import Cluster
from proof.cluster.servers.pooler import DATABASE
from proof.findings import Findings
from proof.runs.run import RunOn
from tests.support.factories import register

_ENDED_ON_REPLICA = "SELECT count(*) FROM oauthcore_grant WHERE revoked_at IS NOT NULL"


@dataclass(frozen=True)
class Size:
    """How often each ending is tried, while the replica follows, and while it does not."""

    rounds: int


def work(cluster: Cluster, size: Size) -> Findings:
    """End at one node, use at the other."""
    found = Findings()
    replica = cluster.databases.the_replica()
    one, other = (cluster.sender(node) for node in cluster.nodes)
    for is_late in (False, True):
        if is_late:
            replica.ask("SELECT pg_wal_replay_pause()")
        known = replica.ask(_ENDED_ON_REPLICA, database=DATABASE)
        for number in range(size.rounds):
            here, there = (one, other) if number % 2 else (other, one)
            _end_access_token(found, here, there)
            for begin in (application_family, device_family):
                _end_family(found, begin(here), here, there, lambda family: family.end().status)
        _end_people(found, one, other)
        if is_late:
            unknown = replica.ask(_ENDED_ON_REPLICA, database=DATABASE) == known
            found.expect(unknown, "the replica was not late, so the run shows nothing")
            replica.ask("SELECT pg_wal_replay_resume()")
            cluster.databases.wait_until_replayed()
    return found


def _end_access_token(found: Findings, here: Sender, there: Sender) -> None:
    """An application revokes a token that it has for itself."""
    client = ApplicationClient(here, register())
    token = client.act_for_itself(scope="read")["access_token"]
    _is_taken(found, use(there, token), "an access token")
    client.revoke(token)
    _is_refused(found, [use(there, token), use(here, token)], "an access token")


def _end_family(
    found: Findings, family: Family, here: Sender, there: Sender, end: Callable[[Family], object]
) -> None:
    """A refresh token is revoked, or a device signs out: the access tokens end with it."""
    token = family.access_tokens[-1]
    _is_taken(found, use(there, token), "a family")
    found.expect(end(family) in (200, 204, None), "the end was refused")
    _is_refused(found, [use(there, token), use(here, token)], "a family")
    family.turn_to(there)
    again = family.refresh()
    is_told = (again.status, again.error) in family.refusals
    found.expect(is_told, f"a refresh token after its end: {again.status} {again.error}")


def _end_people(found: Findings, here: Sender, there: Sender) -> None:
    """A password is changed, and a person is taken off the site."""
    for end in (
        lambda family: change_password(family.user, here.ledger),
        lambda family: deactivate(family.user),
    ):
        _end_family(found, application_family(here), here, there, end)


def _is_taken(found: Findings, answer: Answer, what: str) -> None:
    found.expect(answer.status == 200, f"{what}: {answer.status} {answer.error} before the end")


def _is_refused(found: Findings, answers: list[Answer], what: str) -> None:
    found.count("endings")
    for answer in answers:
        found.count("uses after an end")
        found.expect(answer.status == 401, f"{what}: {answer.status} {answer.error} after the end")


RUN = RunOn(
    "revoking",
    "What ends at one node is refused at the other one at once, also while the replica is late.",
    work,
    {"short": Size(rounds=3), "long": Size(rounds=200)},
)
