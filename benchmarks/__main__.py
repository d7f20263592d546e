"""``python -m benchmarks``: start a PostgreSQL, measure, print the table, stop.

It ends by itself after ``--rounds`` or ``--seconds``, whichever comes first, and listens on nothing but the
PostgreSQL server's loopback port. ``--check`` makes a missed mark the command's exit status.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.core.management import call_command

from benchmarks import DATABASE_VARIABLE, LEGACY_OPERATIONS, OPERATIONS

EVERYTHING = (*OPERATIONS, *LEGACY_OPERATIONS)


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=at_least_one, default=40, help="rounds to measure (default 40)")
    parser.add_argument(
        "--calls", type=at_least_one, default=20, help="calls that make one figure of a round (default 20)"
    )
    parser.add_argument("--seconds", type=float, default=120, help="stop after the round in which these pass")
    parser.add_argument("--only", type=some_operations, default=EVERYTHING, help=", ".join(EVERYTHING))
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object instead")
    parser.add_argument("--check", action="store_true", help="exit with status 1 if a mark is missed")
    parser.add_argument(
        "--database-url", default=None, help="a PostgreSQL server to use; one is started otherwise"
    )
    return parser.parse_args(arguments)


def at_least_one(text: str) -> int:
    """Read a number that is 1 or more."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it takes at least one")
    return number


def some_operations(text: str) -> tuple[str, ...]:
    """Read names of operations, with commas between them."""
    names = tuple(name.strip() for name in text.split(","))
    if unknown := [name for name in names if name not in EVERYTHING]:
        raise argparse.ArgumentTypeError(f"there is no {unknown[0]!r}, but {', '.join(EVERYTHING)}")
    return names


def main(arguments: list[str]) -> int:
    """Run the benchmark; return the exit status."""
    options = parse_arguments(arguments)
    with prepared_database(options.database_url):
        from benchmarks.compare import compare

        report = compare(
            rounds=options.rounds,
            calls=options.calls,
            seconds=options.seconds,
            only=options.only,
            tell=tell_progress,
        )
    print(json.dumps(report.as_json(), indent=2, ensure_ascii=False) if options.json else report.as_text())
    return 1 if options.check and report.misses else 0


@contextmanager
def prepared_database(server_url: str | None) -> Iterator[None]:
    """Set Django up on an empty, migrated database of its own."""
    from benchmarks.database import fresh_database, server

    with server(server_url) as url, fresh_database(url) as database_url:
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        os.environ[DATABASE_VARIABLE] = database_url
        django.setup()
        call_command("migrate", verbosity=0, skip_checks=True)
        yield


def tell_progress(number: int) -> None:
    """Say how far it is, to whoever watches."""
    if sys.stderr.isatty():
        print(f"\rround {number}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
