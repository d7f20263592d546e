"""The driver of a server under load: some clients, each with one connection that stays open, in one thread.

Requests are bytes made before the clock starts. What it does for an answer is little: find its end, look at
its status, send the next. How much of a core it took is a part of what it returns.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median, quantiles

from benchmarks.field.connections import SECONDS_TO_ANSWER, spread_over
from benchmarks.products import UnexpectedAnswerError
from benchmarks.serving import Gunicorn

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_SENT_LENGTH = re.compile(rb"\r\nContent-Length: \d+")
_REFRESH_TOKEN = re.compile(rb"refresh_token=[^&]+$")

Next = Callable[[bytes, bytes], bytes]
"""Makes a client's next request from its last one and the body of the answer."""


@dataclass(frozen=True)
class Driven:
    """What one run of the driver saw."""

    requests_a_second: float
    median_milliseconds: float
    p99_milliseconds: float
    own_share: float
    """How much of one core the driver itself took."""


@dataclass
class _Client:
    """One connection, on which one request is answered after the other."""

    connection: socket.socket
    request: bytes
    sent_at: float = 0.0
    answer: bytearray = field(default_factory=bytearray)

    def send(self) -> None:
        self.answer.clear()
        self.sent_at = time.perf_counter()
        self.connection.sendall(self.request)

    def receive(self) -> bytes | None:
        """Read what there is; return the body once the answer is whole."""
        if not (piece := self.connection.recv(65_536)):
            raise UnexpectedAnswerError(f"the server hung up after {bytes(self.answer)!r}")
        self.answer += piece
        return body_of(bytes(self.answer))


def body_of(answer: bytes) -> bytes | None:
    """Return a whole answer's body, else None. Raises UnexpectedAnswerError if it is a refusal."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return None
    if not head.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 204 ")):
        raise UnexpectedAnswerError(answer[:400].decode(errors="replace"))
    if head.startswith(b"HTTP/1.1 204 "):
        return b""
    if found := _LENGTH.search(head):
        return body if len(body) >= int(found[1]) else None
    return _unchunked(body) if body.endswith(b"0\r\n\r\n") else None


def _unchunked(body: bytes) -> bytes:
    pieces = []
    while body:
        size, _, rest = body.partition(b"\r\n")
        length = int(size, 16)
        pieces.append(rest[:length])
        body = rest[length + 2 :]
    return b"".join(pieces)


def in_turn(requests: Sequence[bytes]) -> Next:
    """Return what sends these requests one after the other, whatever the answers are."""
    following: Iterator[bytes] = cycle(requests)
    return lambda _, __: next(following)


def refreshed(request: bytes, body: bytes) -> bytes:
    """Return the request that refreshes with the token that the last answer gave."""
    head, _, form = request.partition(b"\r\n\r\n")
    token = str(json.loads(body)["refresh_token"]).encode()
    form = _REFRESH_TOKEN.sub(b"refresh_token=" + token, form)
    return _SENT_LENGTH.sub(b"\r\nContent-Length: %d" % len(form), head) + b"\r\n\r\n" + form


def drive(server: Gunicorn, first: Sequence[bytes], following: Next, *, seconds: float) -> Driven:
    """Let as many clients as there are first requests ask for so many seconds."""
    connections = spread_over(server.port, server.workers, len(first))
    clients = [_Client(connection, request) for connection, request in zip(connections, first, strict=True)]
    times: list[float] = []
    try:
        with selectors.DefaultSelector() as selector:
            for client in clients:
                selector.register(client.connection, selectors.EVENT_READ, client)
            own_before, began = time.process_time(), time.perf_counter()
            for client in clients:
                client.send()
            while time.perf_counter() - began < seconds:
                _answer_all(selector, following, times)
            taken, own = time.perf_counter() - began, time.process_time() - own_before
    finally:
        for client in clients:
            client.connection.close()
    if len(times) < 2:
        raise UnexpectedAnswerError(f"{len(times)} answers in {taken:.0f} seconds")
    return Driven(
        requests_a_second=len(times) / taken,
        median_milliseconds=median(times) * 1000,
        p99_milliseconds=quantiles(times, n=100, method="inclusive")[-1] * 1000,
        own_share=own / taken,
    )


def _answer_all(selector: selectors.BaseSelector, following: Next, times: list[float]) -> None:
    """Read the answers that are there, and let their clients ask again."""
    ready = selector.select(SECONDS_TO_ANSWER)
    if not ready:
        raise UnexpectedAnswerError(f"no answer within {SECONDS_TO_ANSWER} seconds")
    for key, _ in ready:
        client: _Client = key.data
        body = client.receive()
        if body is not None:
            times.append(time.perf_counter() - client.sent_at)
            client.request = following(client.request, body)
            client.send()
