"""A steady load on a running site, from threads of this process, and how long each request took."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

#: No answer takes longer: the site gives up earlier.
TIMEOUT = 30


class Sample(NamedTuple):
    """One request: when it was sent, what it was, how long it took, and the status (0 without an answer)."""

    at: float
    name: str
    seconds: float
    status: int


@dataclass
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """Sends requests to a site on loopback, each on a connection of its own, and notes them."""

    port: int
    host: str
    samples: list[Sample] = field(default_factory=list)
    #: What went wrong in an act beside its requests.
    faults: list[str] = field(default_factory=list)

    def form(self, name: str, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
        """Send a form."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.send(name, "POST", path, urlencode(fields), headers)

    def members(self, name: str, path: str, members: Mapping[str, Any]) -> Answer:
        """Send a JSON object."""
        return self.send(name, "POST", path, json.dumps(members), {"Content-Type": "application/json"})

    def get(self, name: str, path: str, **headers: str) -> Answer:
        """Ask for a page."""
        return self.send(name, "GET", path, None, headers)

    def send(self, name: str, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        """Send a request, note it, and return the answer; its status is 0 if there was none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        at, started = time.time(), time.perf_counter()
        try:
            connection.request(method, path, body, {"Host": self.host, **headers})
            got = connection.getresponse()
            answer = Answer(got.status, got.read(), dict(got.getheaders()))
        except (OSError, http.client.HTTPException):
            answer = Answer(0, b"", {})
        finally:
            connection.close()
        self.samples.append(Sample(at, name, time.perf_counter() - started, answer.status))
        return answer


#: Does something once. Each thread has its own, so it may keep a token from one turn to the next.
Act = Callable[[Client], object]


@contextmanager
def load(
    port: int, acts: Sequence[Sequence[tuple[int, Act]]], rate: float, *, host: str = "testserver"
) -> Iterator[list[Client]]:
    """Let one thread for each of ``acts`` act at random, by weight; all together ``rate`` times a second."""
    clients, stop = [Client(port, host) for _ in acts], threading.Event()
    threads = [
        threading.Thread(target=_act, args=(client, its, rate / len(acts), stop), daemon=True)
        for client, its in zip(clients, acts, strict=True)
    ]
    for thread in threads:
        thread.start()
    try:
        yield clients
    finally:
        stop.set()
        for thread in threads:
            thread.join(2 * TIMEOUT)


def _act(client: Client, acts: Sequence[tuple[int, Act]], rate: float, stop: threading.Event) -> None:
    weights, doings = zip(*acts, strict=True)
    next_at = time.monotonic() + random.random() / rate
    while not stop.wait(max(0.0, next_at - time.monotonic())):
        # Who was late catches up one second at the most: a client waits for its answer.
        next_at = max(next_at, time.monotonic() - 1) + random.expovariate(rate)
        try:
            random.choices(doings, weights)[0](client)
        except Exception as broken:  # the thread would end unseen
            client.faults.append(f"{type(broken).__name__}: {broken}")


def basic(client_id: str, secret: str) -> str:
    """Return the header of HTTP Basic."""
    return "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()
