"""Looking at a running site from outside: memory of its workers, tables, transactions that wait."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter

import psycopg
from psycopg.sql import SQL, Identifier

from benchmarks.serving import Gunicorn, resident

#: Seconds between two looks.
PAUSE = 2.0
#: With its first calls a worker fills its caches, which is no leak. So the first third of its life does not
#: count, or the first twenty minutes if that is less. In an hour it has some 55,000 calls by then, and
#: ``benchmarks.steady_memory`` shows that little is added after 60,000.
WARM_UP, MOST_WARM_UP = 1 / 3, 1200.0
#: A minute with fewer looks is not whole, and its least look may be one at a password hash.
LEAST_LOOKS = 10
#: To look for fewer seconds after that says nothing of a slope.
LEAST_LIFE = 300.0

_IDLE = """SELECT count(*) FROM pg_stat_activity
    WHERE state LIKE 'idle in transaction%' AND clock_timestamp() - state_change > interval '1 second'"""
_TABLES = "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables"

Sizes = dict[str, tuple[int, int]]


@dataclass
class Seen:
    """What was seen."""

    #: Seconds and bytes, by the process of a worker.
    memory: defaultdict[int, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))
    #: Rows and bytes of each table, at the beginning and at the end.
    tables: list[Sizes] = field(default_factory=list)
    idle_in_transaction: int = 0

    def slopes(self) -> dict[int, float]:
        """Return the megabytes an hour that each worker gained, by linear regression.

        Its warm-up does not count. Of each minute the smallest look counts: a password hash has a hundred
        megabytes for a moment.
        """
        found = {}
        for process, looks in self.memory.items():
            settled = _settled(looks)
            if settled[-1][0] - settled[0][0] >= LEAST_LIFE:
                found[process] = _slope(_least_of_each_minute(settled)) * 3600 / 2**20
        return found

    def courses(self) -> list[list[int]]:
        """Return the bytes of each worker: the least of its every tenth minute, and of its last."""
        return [
            [size for _, size in [*minutes[:-1:10], minutes[-1]]]
            for minutes in map(_least_of_each_minute, self.memory.values())
        ]


def _settled(looks: list[tuple[float, int]]) -> list[tuple[float, int]]:
    begins = looks[0][0] + min((looks[-1][0] - looks[0][0]) * WARM_UP, MOST_WARM_UP)
    return [(at, size) for at, size in looks if at >= begins]


def _least_of_each_minute(points: list[tuple[float, int]]) -> list[tuple[float, int]]:
    minutes: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for at, size in points:
        minutes[int((at - points[0][0]) // 60)].append((at, size))
    whole = [looks for looks in minutes.values() if len(looks) >= LEAST_LOOKS] or [points]
    return [min(looks, key=itemgetter(1)) for looks in whole]


def _slope(points: list[tuple[float, int]]) -> float:
    middle = sum(at for at, _ in points) / len(points)
    mean = sum(size for _, size in points) / len(points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    return sum((at - middle) * (size - mean) for at, size in points) / spread


@contextmanager
def watching(site: Gunicorn, database_url: str) -> Iterator[Seen]:
    """Look at a site until the block ends. Where looking failed, what it failed with is raised then."""
    seen, stop = Seen(), threading.Event()
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(_watch, seen, site, database_url, stop)
        try:
            yield seen
        finally:
            stop.set()
        looking.result()


def _watch(seen: Seen, site: Gunicorn, database_url: str, stop: threading.Event) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        seen.tables.append(sizes(connection))
        while not stop.wait(PAUSE):
            now = time.monotonic()
            for worker in site.workers:
                if size := resident(worker):
                    seen.memory[worker].append((now, size))
            row = connection.execute(_IDLE).fetchone()
            seen.idle_in_transaction += row[0] if row else 0
        seen.tables.append(sizes(connection))


def sizes(connection: psycopg.Connection) -> Sizes:
    """Count the rows of each table, and return them with its bytes."""
    found = {}
    for name, size in connection.execute(_TABLES).fetchall():
        row = connection.execute(SQL("SELECT count(*) FROM {}").format(Identifier(name))).fetchone()
        found[name] = (row[0] if row else 0, size)
    return found
