"""The server that counts is lost, and then all of them: what needs no count goes on."""

from __future__ import annotations

import time
from dataclasses import dataclass

from proof.clients.applications import ApplicationClient
from proof.clients.sending import Answer, Sender
from proof.cluster.cluster import Cluster
from proof.cluster.load import under_load
from proof.findings import Findings
from proof.runs.run import RunOn
from tests.support.factories import Registered, register


@dataclass(frozen=True)
class Size:
    """How many clients send, and the seconds before and after."""

    clients: int
    seconds: float


def work(cluster: Cluster, size: Size) -> Findings:
    """Kill the primary, let the Sentinels fail over, kill what is left, and start anew."""
    found, sender, registered = Findings(), cluster.sender(), register()
    with under_load(cluster, found, clients=size.clients) as load:
        time.sleep(size.seconds)
        _expect(found, _guess(sender, registered), 401, "a wrong secret")
        cluster.valkeys.kill_primary()
        waited = cluster.wait_for(
            lambda: _guess(sender, registered).status == 401, "the Sentinels make no new primary"
        )
        found.numbers["failover of the Sentinels"] = f"{waited:.1f} s"
        cluster.valkeys.kill_all()
        time.sleep(size.seconds)
        _expect(found, _guess(sender, registered), 503, "a wrong secret that nobody counts")
        alone_at = time.monotonic()
        time.sleep(size.seconds)
        found.expect(load.is_served_again(alone_at), "correct clients are not served without the limiter")
    found.expect(load.without_success("use") < 3, "tokens were not checked while the limiter was lost")
    found.expect(load.without_success("client_credentials") < 3, "correct clients had to wait")
    found.expect(load.without_success("revoke") < 3, "tokens were not revoked while the limiter was lost")
    cluster.renew_valkeys()
    cluster.wait_for(lambda: _guess(sender, registered).status == 401, "nobody counts again")
    return found


def _guess(sender: Sender, registered: Registered) -> Answer:
    """Show a wrong secret, which has to be counted."""
    client = ApplicationClient(sender, registered)
    return client.act_for_itself(address=sender.new_address(), flow="guess", client_secret="guessed")


def _expect(found: Findings, answer: Answer, status: int, what: str) -> None:
    found.expect(answer.status == status, f"{what}: {answer.status} {answer.error}")


RUN = RunOn(
    "losing_valkey",
    "The limiter fails over, and is lost: tokens are checked and issued, guesses are refused.",
    work,
    {"short": Size(clients=4, seconds=2), "long": Size(clients=8, seconds=15)},
)
