"""Whether a process keeps memory with each call: ``python -m benchmarks.steady_memory``.

One process has the reference site on a PostgreSQL that is started for it, and calls its hot paths one after
the other, without a web server: some hundred calls in a second, many more than a worker gets in an hour of
the soak. The garbage is collected before each look.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.database import fresh_database, server
from benchmarks.growth.worker import reference_site
from benchmarks.options import more_than_nothing
from benchmarks.serving import resident
from tests.support.servers.over_time import end_after

TOKENS = 10_000
#: Pages take longer, so they are called less often.
CALLS, CALLS_OF_PAGES = 100, 10
PAGES = ("sign-in", "access token per account", "authorize, remembered", "connections")
SECONDS_BETWEEN_LOOKS = 30.0
#: What a process loads, and what its caches may keep, is there after so many calls.
CALLS_TO_WARM_UP = 100_000
MOST_GAINED = 2**20
MOST_SECONDS_BESIDES = 600


class Look(NamedTuple):
    """What a process has after so many calls: bytes of resident memory, and objects that are collected."""

    calls: int
    resident: int
    objects: int


def main(arguments: list[str]) -> int:
    """Call, look, print the table, return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.steady_memory", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--seconds", type=more_than_nothing, default=480, help="how long (default 480)")
    parser.add_argument("--check", action="store_true", help="exit with status 1 if it gains a megabyte")
    parser.add_argument("--database-url", default=None, help="a PostgreSQL server; one is started otherwise")
    options = parser.parse_args(arguments)
    end_after(options.seconds + MOST_SECONDS_BESIDES)
    looks = []
    print("| calls | MB | objects |\n| --- | --- | --- |")
    with (
        server(options.database_url) as url,
        fresh_database(url) as database_url,
        reference_site(database_url),
    ):
        for look in _looks(options.seconds):
            print(f"| {look.calls:,} | {look.resident / 2**20:.2f} | {look.objects:,} |", flush=True)
            looks.append(look)
    missed = miss(looks)
    print(f"\n{missed or 'it keeps nothing'}")
    return 1 if options.check and missed else 0


def miss(looks: list[Look]) -> str:
    """Say what a process has gained too much after its warm-up, or that it made too few calls to tell."""
    settled = [one for one in looks if one.calls >= CALLS_TO_WARM_UP]
    if len(settled) < 2:
        return f"it made fewer calls than {CALLS_TO_WARM_UP:,} and some: give it more seconds"
    gained = settled[-1].resident - settled[0].resident
    calls = settled[-1].calls - settled[0].calls
    return f"it gained {gained / 2**20:.2f} MB in {calls:,} calls" if gained > MOST_GAINED else ""


def _looks(seconds: float) -> Iterator[Look]:
    """Call every path again and again, and yield a look every half a minute."""
    from benchmarks.growth.paths import Site, hot_paths
    from benchmarks.growth.rows import settle
    from benchmarks.requests import send

    site = Site()
    paths = list(hot_paths(site, site.fill(TOKENS, collected=0)))
    settle()
    ends_at, looks_at, calls = time.monotonic() + seconds, time.monotonic(), 0
    while (now := time.monotonic()) < ends_at:
        for path in paths:
            for request in path.prepare(CALLS_OF_PAGES if path.name in PAGES else CALLS):
                path.check(send(path.handler, request))
                calls += 1
        if now >= looks_at:
            looks_at = now + SECONDS_BETWEEN_LOOKS
            gc.collect()
            yield Look(calls, resident(os.getpid()), len(gc.get_objects()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
