"""How much memory a worker takes, once it has answered every operation of its site."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean

from benchmarks.field.driver import body_of
from benchmarks.field.serving import WORKERS, Served
from benchmarks.field.site import SiteError
from benchmarks.products import UnexpectedAnswerError

REQUESTS = 60
"""Of each operation: enough that each thread of each worker has answered each."""


@dataclass(frozen=True)
class Row:
    """The mean of a site's workers, in MiB. Of pages that processes share, PSS counts each its part."""

    product: str
    rss: float
    pss: float


@dataclass(frozen=True)
class Memory:
    """The memory of every site."""

    workers: int
    requests: int
    rows: list[Row]

    @property
    def misses(self) -> list[str]:
        return []

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """Yield the report as text."""
        yield f"Memory of a worker after {self.requests} requests of each operation, MiB"
        yield f"  {'':<42}{'RSS':>8}{'PSS':>8}"
        for row in self.rows:
            yield f"  {row.product:<42}{row.rss:>8.1f}{row.pss:>8.1f}"


def measure(sites: list[Served]) -> Memory:
    """Ask each site for everything it has, and read what its workers take."""
    for one in sites:
        _warm_up(one)
    return Memory(WORKERS, REQUESTS, [_row(one) for one in sites])


def _warm_up(served: Served) -> None:
    for operation in served.site.operations:
        for request in served.site.raw_requests(operation, REQUESTS):
            try:
                _ask(served.server.port, request)
            except (UnexpectedAnswerError, OSError) as problem:
                raise SiteError(f"{served.site.name}, {operation}: {problem}") from problem


def _ask(port: int, request: bytes) -> None:
    """Send a request through a connection of its own, so that all workers get some."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while body_of(answer) is None:
            if not (piece := connection.recv(65_536)):
                raise ConnectionError(f"the server hung up after {answer!r}")
            answer += piece


def _row(served: Served) -> Row:
    taken = [_memory_of(worker) for worker in served.server.workers]
    return Row(served.site.name, mean(rss for rss, _ in taken), mean(pss for _, pss in taken))


def _memory_of(process: int) -> tuple[float, float]:
    """Return RSS and PSS of a process, in MiB."""
    text = Path(f"/proc/{process}/smaps_rollup").read_text()
    found = {
        name: int(kilobytes) / 1024 for name, kilobytes in re.findall(r"(?m)^(Rss|Pss): +(\d+) kB", text)
    }
    return found["Rss"], found["Pss"]
