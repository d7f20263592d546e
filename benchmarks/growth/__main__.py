"""Whether anything gets slower as tables grow: ``python -m benchmarks.growth``.

A PostgreSQL is started, with one database for each size. Every path is asked on every size in each round.
Rows and pages that the database went through are counted first; they are the same on a busy machine.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path as FilePath
from typing import Any

from benchmarks.database import fresh_database, server
from benchmarks.growth import worker
from benchmarks.growth.report import Path, Report
from benchmarks.options import at_least, more_than_nothing
from tests.support.servers.over_time import end_after

SIZES = "10000,100000,1000000,10000000"
#: After so many seconds it ends, whatever it is doing.
MOST_SECONDS = 4 * 3600
#: Where a container says how much memory it has.
_CONTAINER = FilePath("/sys/fs/cgroup/memory.max")


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--sizes", type=_sizes, default=_sizes(SIZES), help=f"tokens (default {SIZES})")
    parser.add_argument("--rounds", type=at_least(0), default=20, help="rounds of times; 0 counts reads only")
    parser.add_argument(
        "--calls", type=at_least(1), default=100, help="calls that make one figure (default 100)"
    )
    parser.add_argument(
        "--seconds", type=more_than_nothing, default=900, help="stop after the round in which these pass"
    )
    parser.add_argument("--only", default="", help="paths whose names contain one of these, with commas")
    parser.add_argument("--without-admin", action="store_true", help="leave the lists of the admin out")
    parser.add_argument(
        "--collected", type=at_least(1), default=2_000, help="applications of the person with many"
    )
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object instead")
    parser.add_argument("--check", action="store_true", help="exit with status 1 if a path grew")
    parser.add_argument("--database-url", default=None, help="a PostgreSQL server; one is started otherwise")
    options = parser.parse_args(arguments)
    if options.check and len(options.sizes) < 2:
        parser.error("--check compares sizes, so it needs two of them")
    return options


def _sizes(text: str) -> list[int]:
    return sorted({at_least(1)(one.strip()) for one in text.replace("_", "").split(",")})


def main(arguments: list[str]) -> int:
    """Measure, print the table, return the exit status."""
    options = parse_arguments(arguments)
    end_after(MOST_SECONDS)
    shared_buffers = a_quarter_of_the_memory()
    with ExitStack() as stack:
        url = stack.enter_context(server(options.database_url, shared_buffers=shared_buffers))
        pipes, filled, wanted = {}, {}, []
        for size in options.sizes:
            pipes[size] = stack.enter_context(_process(url, size, options))
            tokens, seconds, names = pipes[size].recv()
            wanted = chosen(options.only, names)
            filled[size] = tokens
            _tell(f"{size} tokens filled in {seconds:.0f} s")
        paths = [Path(name) for name in wanted]
        for path in paths:
            path.reads = {size: _ask(pipe, "reads", path.name) for size, pipe in pipes.items()}
        rounds = _measure(paths, pipes, options)
    about = {
        "rounds": rounds,
        "calls": options.calls,
        **({} if options.database_url else {"shared_buffers": shared_buffers}),
        "load": f"{os.getloadavg()[0]:.1f}",
        "tokens": " / ".join(f"{tokens:,}" for tokens in filled.values()),
    }
    report = Report(filled, paths, about)
    print(json.dumps(report.as_json(), indent=2, ensure_ascii=False) if options.json else report.as_text())
    return 1 if options.check and report.misses else 0


def a_quarter_of_the_memory() -> str:
    """Return a quarter of the memory that this may use, such as ``2048MB``.

    PostgreSQL's documentation recommends that for ``shared_buffers`` on a server of its own.
    """
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if _CONTAINER.exists() and (limit := _CONTAINER.read_text().strip()).isdigit():
        memory = min(memory, int(limit))
    return f"{memory // 4 // 2**20}MB"


def chosen(only: str, names: list[str]) -> list[str]:
    """Return the paths whose names contain one of these parts; each part has to be in a name."""
    parts = only.split(",")
    if unknown := [one for one in parts if not any(one in name for name in names)]:
        raise SystemExit(f"there is no path with {unknown[0]!r} in its name, but {'; '.join(names)}")
    return [name for name in names if any(one in name for one in parts)]


@contextmanager
def _process(url: str, size: int, options: argparse.Namespace) -> Iterator[Connection]:
    """Start the process of a size on a database of its own, and end it."""
    with fresh_database(url, f"_{size}") as database_url:
        here, there = multiprocessing.Pipe()
        arguments = (there, database_url, size, options.collected, not options.without_admin)
        process = multiprocessing.get_context("spawn").Process(
            target=worker.serve, args=arguments, daemon=True
        )
        process.start()
        there.close()
        try:
            yield here
            here.send(None)
            process.join(60)
        finally:
            process.kill()


def _ask(pipe: Connection, what: str, name: str, calls: int = 0) -> Any:
    pipe.send((what, name, calls))
    return pipe.recv()


def _measure(paths: list[Path], pipes: dict[int, Connection], options: argparse.Namespace) -> int:
    """Measure round by round, and return how many rounds there were."""
    if options.rounds == 0:
        return 0
    for path in paths:
        path.times = {size: [] for size in pipes}
        for pipe in pipes.values():
            _ask(pipe, "times", path.name, worker.CALLS_TO_WARM_UP)
    ends_at = time.monotonic() + options.seconds
    for number in range(options.rounds):
        for path in random.sample(paths, len(paths)):
            for size in random.sample(list(pipes), len(pipes)):
                calls = max(1, options.calls // _calls_of_one(path.name))
                path.times[size].append(_ask(pipes[size], "times", path.name, calls))
        _tell(f"round {number + 1}")
        if time.monotonic() > ends_at:
            return number + 1
    return int(options.rounds)


def _calls_of_one(path: str) -> int:
    """Return how many calls of a short path take as long as one of this."""
    return 100 if path.startswith("admin") else 10 if path.startswith("connections") else 1


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
