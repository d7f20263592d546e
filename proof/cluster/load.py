"""Clients that go on while servers are lost: what they were answered, and for how long nobody was."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from proof.clients.applications import ApplicationClient, use
from proof.clients.families import Family, application_family, device_family
from proof.clients.sending import Answer, Sender
from proof.cluster.cluster import Cluster
from proof.findings import Findings
from tests.support.factories import Registered, register

#: What a client may be told while a server is lost. 0 is no answer, and 502 to 504 are the proxy's own words.
UNAVAILABLE = {0, 502, 503, 504}
#: A client waits so long after such an answer, as ``Retry-After`` asks.
_PAUSE = 0.2
#: Longer than this no request may wait for its answer.
MOST_SECONDS = 5.0


@dataclass
class Client:
    """One client: tokens for itself, a family that it refreshes, uses and endings."""

    sender: Sender
    registered: Registered
    families: list[Family]
    found: Findings
    #: When each kind of request was answered with success.
    good: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    #: Families whose refresh the site answered with 503.
    unserved: list[Family] = field(default_factory=list)

    def turn(self) -> None:
        """Get a token, use it, revoke it, see that it has ended; refresh."""
        client = ApplicationClient(self.sender, self.registered)
        answer = self._note(client.act_for_itself(scope="read"))
        if answer.status == 200:
            token = answer["access_token"]
            used = self._note(use(self.sender, token))
            self._expect(used, {200}, "a token that was just issued")
            if self._note(client.revoke(token)).status == 200:
                again = self._note(use(self.sender, token), counts=False)
                self._expect(again, {401}, "a token whose end was answered")
        if self.families:
            self._refresh(self.families.pop(0))

    def _refresh(self, family: Family) -> None:
        """Refresh, and put the family last in the row; where nobody knows what came of it, leave it."""
        answer = self._note(family.refresh())
        if answer.status in UNAVAILABLE:
            self.found.count("chains with an unknown outcome")
            if answer.error == "temporarily_unavailable":
                self.unserved.append(family)
            return
        self.families.append(family)
        self._expect(answer, {200}, "a refresh token")
        family.keep(answer)
        if answer.status == 200:
            self._expect(self._note(use(self.sender, family.access_tokens[-1])), {200}, "a refreshed token")

    def _expect(self, answer: Answer, wanted: set[int], what: str) -> None:
        holds = answer.status in wanted | UNAVAILABLE
        self.found.expect(holds, f"{what}: {answer.entry.flow} {answer.status} {answer.error}")

    def _note(self, answer: Answer, *, counts: bool = True) -> Answer:
        self.longest = max(self.longest, answer.seconds)
        self.statuses[str(answer.status or "no answer")] += 1
        if answer.status == 200 and counts:
            self.good.setdefault(answer.entry.flow, []).append(time.monotonic())
        elif answer.status in UNAVAILABLE:
            time.sleep(_PAUSE)
        return answer


@dataclass
class Load:
    """All clients, each on a thread of its own."""

    clients: list[Client]
    began: float
    #: When the clients were told to stop.
    ended: float = 0.0

    def is_served_again(self, since: float) -> bool:
        """Return whether somebody got a token after a moment."""
        return any(times[-1] > since for one in self.clients if (times := one.good.get("client_credentials")))

    def turns(self) -> int:
        """Return how often clients have got a token for themselves."""
        return sum(len(one.good.get("client_credentials", ())) for one in self.clients)

    def without_success(self, flow: str) -> float:
        """Return the longest time without success of a kind of request, from the beginning to the end."""
        good = [moment for one in self.clients for moment in one.good.get(flow, [])]
        times = sorted([self.began, *good, max(self.ended, *good, self.began)])
        return max(late - early for early, late in pairwise(times))


@contextmanager
def under_load(cluster: Cluster, found: Findings, *, clients: int, families: int = 6) -> Iterator[Load]:
    """Let clients send through the proxy while the block runs; then put numbers and faults into ``found``."""
    sender = cluster.sender()
    begin = (application_family, device_family)
    everybody = [
        Client(sender, register(), [begin[number % 2](sender) for number in range(families)], found)
        for _ in range(clients)
    ]
    load, is_over = Load(everybody, time.monotonic()), threading.Event()

    def work(client: Client) -> None:
        try:
            while not is_over.is_set():
                client.turn()
        except Exception as error:  # a thread that ended would look like a client that found nothing
            found.faults.append(f"a client ended with {error!r}")

    threads = [threading.Thread(target=work, args=(one,), daemon=True) for one in everybody]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.ended = time.monotonic()
        is_over.set()
        for thread in threads:
            thread.join(60)
    statuses = sum((one.statuses for one in everybody), Counter())
    found.numbers["answers"] = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    for flow in ("client_credentials", "use", "revoke", "refresh", "device_token"):
        found.numbers[f"longest time without success, {flow}"] = f"{load.without_success(flow):.1f} s"
    longest = max(one.longest for one in everybody)
    found.numbers["longest wait for an answer"] = f"{longest:.1f} s"
    found.expect(longest < MOST_SECONDS, f"a request waited {longest:.1f} s for its answer")
