"""``python -m benchmarks``: start a PostgreSQL, measure, print the report, stop.

It ends by itself after ``--rounds`` or ``--seconds``, whichever comes first, and listens on loopback ports
only. ``--check`` makes a missed target the command's exit status.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from functools import partial
from importlib.util import find_spec

from benchmarks import LEGACY_OPERATIONS, OPERATIONS
from benchmarks.database import prepared_database, server
from benchmarks.field.products import NAMES
from benchmarks.options import at_least, more_than_nothing, some_of
from benchmarks.pages.figures import keep
from benchmarks.pages.write import write
from benchmarks.results import PARTS, Results

MEASURED = (*OPERATIONS, *LEGACY_OPERATIONS)


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--parts", type=some_of(PARTS), default=PARTS, help=", ".join(PARTS))
    parser.add_argument("--rounds", type=at_least(1), default=40, help="rounds to measure (default 40)")
    parser.add_argument(
        "--calls", type=at_least(1), default=20, help="calls that make one figure of a round (default 20)"
    )
    parser.add_argument(
        "--seconds",
        type=more_than_nothing,
        default=600,
        help="each part stops after the round in which these pass",
    )
    parser.add_argument("--load-rounds", type=at_least(1), default=9, help="rounds under load (default 9)")
    parser.add_argument(
        "--load-seconds",
        type=more_than_nothing,
        default=1,
        help="how long one figure under load takes (default 1)",
    )
    parser.add_argument("--only", type=some_of(MEASURED), default=MEASURED, help=", ".join(MEASURED))
    parser.add_argument("--products", type=some_of(NAMES), default=NAMES, help=", ".join(NAMES))
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object instead")
    parser.add_argument(
        "--write-docs", action="store_true", help="keep the figures, and write them into the pages"
    )
    parser.add_argument("--check", action="store_true", help="exit with status 1 if a target is missed")
    parser.add_argument(
        "--database-url", default=None, help="a PostgreSQL server to use; one is started otherwise"
    )
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run the benchmark; return the exit status."""
    options = parse_arguments(arguments)
    if options.write_docs and find_spec("matplotlib") is None:
        sys.exit("The plots need matplotlib: requirements/benchmarks.txt has it.")
    load_before = os.getloadavg()[0]
    with server(options.database_url) as url:
        results = measure(options, Results.begin(url, load_before=load_before), url)
    print(json.dumps(results.as_json(), indent=2, ensure_ascii=False) if options.json else results.as_text())
    if options.write_docs:
        write(keep(results.as_json()))
    return 1 if options.check and results.misses else 0


def measure(options: argparse.Namespace, results: Results, url: str) -> Results:
    """Measure the parts that are asked for, on one PostgreSQL."""
    from benchmarks.field.run import run_field

    if "marks" in options.parts:
        with prepared_database(url):
            from benchmarks.compare import compare

            results.marks = compare(
                rounds=options.rounds,
                calls=options.calls,
                seconds=options.seconds,
                only=options.only,
                tell=partial(tell_progress, "marks"),
            )
    if set(options.parts) - {"marks"}:
        run_field(results, options, url, tell_progress)
    return results


def tell_progress(part: str, number: int) -> None:
    """Say how far it is, to whoever watches."""
    if sys.stderr.isatty():
        print(f"\r{part}: round {number} ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
