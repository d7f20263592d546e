"""A look at how long anybody waits for a lock of the database, for whom, and how long tables are locked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

_LOOK_SECONDS = 0.05
_LONGEST_WAIT = """
    SELECT extract(epoch FROM clock_timestamp() - l.waitstart),
           format('%s of %s, for "%s", behind "%s"', l.mode, coalesce(l.relation::regclass::text, l.locktype),
                  left(a.query, 80), coalesce(left(holder.query, 80), '?'))
    FROM pg_locks l
    JOIN pg_stat_activity a USING (pid)
    LEFT JOIN LATERAL (
        SELECT query FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids(l.pid))
        ORDER BY xact_start LIMIT 1
    ) holder ON true
    WHERE NOT l.granted AND a.datname = current_database() AND l.waitstart IS NOT NULL
    ORDER BY 1 DESC LIMIT 1
"""
#: Who has a table in a way that keeps others from writing or from reading.
_STRONG = """
    SELECT l.relation::regclass::text, l.virtualtransaction, l.mode
    FROM pg_locks l JOIN pg_class r ON r.oid = l.relation JOIN pg_stat_activity a USING (pid)
    WHERE l.granted AND r.relkind = 'r' AND r.relname LIKE 'oauthcore%' AND a.datname = current_database()
    AND l.mode IN ('ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
"""


@dataclass
class LockWatch:
    """The longest wait that was seen, in seconds, and the longest time for which a table was locked."""

    longest: float = 0.0
    who: str = ""
    held: float = 0.0
    held_what: str = ""
    looks: int = 0


@contextmanager
def lock_watch(url: str) -> Iterator[LockWatch]:
    """Look again and again as long as the block lasts. Where that failed, it raises what it failed with."""
    seen, is_over = LockWatch(), threading.Event()

    def watch() -> None:
        since: dict[tuple[str, str, str], float] = {}
        with psycopg.connect(url, autocommit=True) as connection:
            while not is_over.wait(_LOOK_SECONDS):
                _look(connection, seen, since)

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        try:
            yield seen
        finally:
            is_over.set()
        watching.result()


def _look(
    connection: psycopg.Connection[tuple[str, str, str]],
    seen: LockWatch,
    since: dict[tuple[str, str, str], float],
) -> None:
    seen.looks += 1
    wait = connection.execute(_LONGEST_WAIT).fetchone()
    if wait and float(wait[0]) > seen.longest:
        seen.longest, seen.who = float(wait[0]), wait[1]
    now, held = time.monotonic(), {*connection.execute(_STRONG).fetchall()}
    for gone in since.keys() - held:
        del since[gone]
    for one in held:
        seconds = now - since.setdefault(one, now)
        if seconds > seen.held:
            seen.held, seen.held_what = seconds, f"{one[2]} of {one[0]}"
