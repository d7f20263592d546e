"""``python -m benchmarks.instructions``: how many instructions of the processor a call takes.

Other work on the machine does not change the numbers. What PostgreSQL does in its own process is not counted.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import OPERATIONS, PLAIN_OPERATIONS, callgrind
from benchmarks.counted_calls import FEW, MANY
from benchmarks.database import prepared_database
from benchmarks.options import at_least, some_of
from benchmarks.profile_of_instructions import Profile

EVERYTHING = (*PLAIN_OPERATIONS, *OPERATIONS)
TARGETS = {
    "bearer check": 1_380_000,
    "client credentials": 1_540_000,
    "code": 2_200_000,
    "refresh": 2_090_000,
    "introspection": 1_660_000,
}
"""The most instructions that a call may take. They are close to what it takes now, and only go down."""
BESIDE = {"plain view + scopes": ("plain view", 485_000)}
"""The most that it may take more than another operation."""
RUNS = 3
"""How many counted runs an operation has."""


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("--only", type=some_of(EVERYTHING), default=EVERYTHING, help=", ".join(EVERYTHING))
    parser.add_argument("--json", action="store_true", help="print one JSON object instead")
    parser.add_argument("--check", action="store_true", help="exit with status 1 if a target is missed")
    parser.add_argument("--profile", choices=EVERYTHING, help="say where the instructions of one call go")
    parser.add_argument(
        "--lines", type=at_least(1), default=60, help="how many functions a profile lists (60)"
    )
    parser.add_argument("--database-url", default=None, help="a PostgreSQL server; one is started otherwise")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Count, print, and return the exit status."""
    options = parse_arguments(arguments)
    if not callgrind.is_installed():
        print(callgrind.HOW_TO_INSTALL, file=sys.stderr)
        return 2
    with TemporaryDirectory() as folder, prepared_database(options.database_url):
        if options.profile:
            profile = profile_of(options.profile, Path(folder))
            print(json.dumps(profile.as_json(), indent=2) if options.json else profile.as_text(options.lines))
            return 0
        counts = count(options.only, Path(folder))
    missed = misses(counts)
    if options.json:
        print(json.dumps({"instructions": counts, "misses": missed}, indent=2))
    else:
        print(as_table(counts))
        print("\n".join(missed) or "all targets met")
    return 1 if options.check and missed else 0


def count(names: tuple[str, ...], folder: Path) -> dict[str, int]:
    """Return how many instructions one call of each operation takes."""
    _, counts = callgrind.run("benchmarks.counted_calls", ["count", *names], folder)
    return counts_of_calls([name for name in EVERYTHING if name in names], counts)


def counts_of_calls(names: list[str], counts: list[int]) -> dict[str, int]:
    """Take the counts of each operation's two runs from all counts.

    Each has three: one that warms up, a short and a long one.
    """
    if len(counts) != RUNS * len(names):
        raise callgrind.ValgrindFailedError(f"{len(counts)} counts for {len(names)} operations")
    return {
        name: (counts[RUNS * number + 2] - counts[RUNS * number + 1]) // (MANY - FEW)
        for number, name in enumerate(names)
    }


def profile_of(name: str, folder: Path) -> Profile:
    """Return where the instructions of one call of an operation go."""
    said, counts = callgrind.run("benchmarks.counted_calls", ["profile", name], folder)
    total = counts_of_calls([name], counts[:RUNS])[name]
    return Profile.of(json.loads(said), counts[RUNS:], total=total)


def misses(counts: dict[str, int]) -> list[str]:
    """Say which targets are missed, in words."""
    return [
        *(
            f"MISSED: {name}: {counts[name]:,} instructions, at most {most:,}"
            for name, most in TARGETS.items()
            if counts.get(name, 0) > most
        ),
        *(
            f"MISSED: {name}: {counts[name] - counts[base]:,} more than {base}, at most {most:,}"
            for name, (base, most) in BESIDE.items()
            if {name, base} <= counts.keys() and counts[name] - counts[base] > most
        ),
    ]


def as_table(counts: dict[str, int]) -> str:
    """Return the counts as a table, in millions."""
    lines = [f"{'':<24}{'million instructions':>22}{'target':>10}"]
    for name, number in counts.items():
        target = f"≤ {TARGETS[name] / 1e6:.2f}" if name in TARGETS else ""
        if name in BESIDE:
            target = f"≤ {(counts.get(BESIDE[name][0], 0) + BESIDE[name][1]) / 1e6:.2f}"
        lines.append(f"{name:<24}{number / 1e6:>22.3f}{target:>10}".rstrip())
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
