"""Cleaning up a million expired rows beside ``cleartokens``: ``python -m benchmarks.cleanup``.

A PostgreSQL is started, and a database filled with authorizations of both products, as many live as expired.
Each run has a copy of it. A round is either command alone, and ours under load. At the end ours is killed and
run twice at once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import django
import psycopg
from django.core.management import call_command

from benchmarks import DATABASE_VARIABLE
from benchmarks.cleanup.report import Report, Rows
from benchmarks.cleanup.watch import Watched, run
from benchmarks.database import fresh_database, server
from benchmarks.options import at_least, more_than_nothing
from tests.support.servers.over_time import end_after

SETTINGS = "benchmarks.settings"
OURS, THEIRS = ["oauthcore_cleanup"], ["cleartokens"]
#: Rows of an authorization of the other product: a code, an access token, a refresh token.
ROWS_OF_ONE = 3
#: After so many seconds it ends, whatever it is doing.
MOST_SECONDS_IN_ALL = 2 * 3600


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.cleanup", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "--rows",
        type=at_least(ROWS_OF_ONE),
        default=1_000_000,
        help="expired rows of theirs (default 1000000)",
    )
    parser.add_argument(
        "--rate", type=more_than_nothing, default=40, help="requests a second meanwhile (default 40)"
    )
    parser.add_argument(
        "--seconds", type=at_least(5), default=30, help="load before the clean-up (default 30)"
    )
    parser.add_argument("--rounds", type=at_least(1), default=3, help="rounds (default 3)")
    parser.add_argument("--without-theirs", action="store_true", help="leave cleartokens out")
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object instead")
    parser.add_argument("--check", action="store_true", help="exit with status 1 if a target is missed")
    parser.add_argument("--database-url", default=None, help="a PostgreSQL server; one is started otherwise")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Measure, print the figures, return the exit status."""
    options = parse_arguments(arguments)
    end_after(MOST_SECONDS_IN_ALL)
    with server(options.database_url) as url, fresh_database(url, "_original") as original:
        os.environ.update({"DJANGO_SETTINGS_MODULE": SETTINGS, DATABASE_VARIABLE: original})
        django.setup()
        report = measure(url, original, options)
    print(json.dumps(report.figures, indent=2) if options.json else report.as_text())
    return 1 if options.check and report.misses else 0


def measure(url: str, original: str, options: argparse.Namespace) -> Report:
    """Fill, run everything, and return what was seen."""
    from django.db import connection

    from benchmarks.cleanup.load import Loaded, prepare, under_load
    from benchmarks.cleanup.rows import fill

    call_command("migrate", verbosity=0, skip_checks=True)
    known, expired = prepare(), options.rows // ROWS_OF_ONE
    fill(expired, expired)
    connection.close()
    load_average, ours, theirs, loaded = os.getloadavg()[0], list[Watched](), list[Watched](), list[Loaded]()
    with _copy(url, original) as here:
        start = run(["help"], here)
        rows = Rows(ours=counts(here, "ours")[0], theirs=counts(here, "theirs")[0], authorizations=expired)
    for _ in range(options.rounds):
        with _copy(url, original) as here:
            ours.append(_done("ours", here, OURS))
        if not options.without_theirs:
            with _copy(url, original) as here:
                theirs.append(_done("theirs", here, THEIRS))
        with _copy(url, original) as here:
            loaded.append(under_load(here, known, rate=options.rate, seconds=options.seconds))
    with _copy(url, original) as here:
        killed = _killed_and_twice(here, start.seconds, ours[-1].seconds - start.seconds)
    return Report(load_average, rows, start, ours, theirs, loaded, killed)


@contextmanager
def _copy(url: str, original: str) -> Iterator[Mapping[str, str]]:
    """Give the environment of a copy of the filled database, which is dropped afterwards."""
    name = urlsplit(original).path[1:] + "_copy"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{urlsplit(original).path[1:]}"'.encode())
        try:
            copy = urlsplit(original)._replace(path=f"/{name}").geturl()
            yield {"DJANGO_SETTINGS_MODULE": SETTINGS, DATABASE_VARIABLE: copy}
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def counts(here: Mapping[str, str], whose: str) -> tuple[int, int]:
    """Return how many rows have expired, and how many are live."""
    from benchmarks.cleanup.rows import COUNTS

    with psycopg.connect(here[DATABASE_VARIABLE]) as connection:
        row = connection.execute(COUNTS[whose].encode()).fetchone()
    assert row is not None
    return row[0], row[1]


def _done(whose: str, here: Mapping[str, str], command: list[str]) -> Watched:
    """Run a command on a copy, and make sure that it removed what has expired and nothing else."""
    _, live = counts(here, whose)
    watched = run(command, here)
    _make_sure(here, whose, live)
    return watched


def _make_sure(here: Mapping[str, str], whose: str, live: int) -> None:
    if (left := counts(here, whose)) != (0, live):
        raise RuntimeError(f"{whose}: {left} rows are left, expired and live, where it was {live} live ones")


def _killed_and_twice(here: Mapping[str, str], start: float, work: float) -> dict[str, Any]:
    """Kill it in the middle of its work, start two at once, kill both, and let two finish."""
    before, live = counts(here, "ours")
    runs = [run(OURS, here, kill_after=start + work * 0.4)]
    left = [counts(here, "ours")]
    for kill_after in (start + work * 0.2, None):
        with ThreadPoolExecutor(2) as pool:
            started = [pool.submit(run, OURS, here, kill_after=kill_after) for _ in range(2)]
        runs += [one.result() for one in started]
        left.append(counts(here, "ours"))
        if any(now_live != live for _, now_live in left):
            raise RuntimeError(f"live rows are missing: {left} of {live}")
    _make_sure(here, "ours", live)
    return {
        "expired before": before,
        "left after each": [expired for expired, _ in left],
        "killed": sum(one.is_killed for one in runs),
        "live lost": 0,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
