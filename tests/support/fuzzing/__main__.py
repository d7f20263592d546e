"""Searches for minutes: ``python -m tests.support.fuzzing [--minutes 5] [--seed 7]``.

Each round plays the state machine, and reads what strangers might send, from another beginning. The seed of a
round is printed before it; what a round finds is found again with ``--seed`` and that number.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time

#: What a round runs, and how many examples of each.
PARTS = [("tests/fuzzing", 40), ("tests/rules", 2000)]


def main() -> int:
    """Play rounds until the time is over or something is found; return 1 if anything was."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.fuzzing", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="after these no new round begins")
    parser.add_argument("--seed", type=int, help="of the first round; by chance without it")
    given = parser.parse_args()
    seed = random.randrange(1_000_000) if given.seed is None else given.seed
    ends_at = time.monotonic() + 60 * given.minutes
    rounds = 0
    while rounds == 0 or time.monotonic() < ends_at:
        sys.stdout.write(f"seed {seed + rounds}\n")
        sys.stdout.flush()
        if not all(played(tests, examples, seed + rounds) for tests, examples in PARTS):
            return 1
        rounds += 1
    sys.stdout.write(f"{rounds} rounds from seed {seed}, nothing found\n")
    return 0


def played(tests: str, examples: int, seed: int) -> bool:
    """Run tests with so many examples from a seed; return whether they passed."""
    told = {"OAUTHCORE_FUZZ_EXAMPLES": str(examples), "OAUTHCORE_FUZZ_SEED": str(seed)}
    command = [sys.executable, "-m", "pytest", "--quiet", "-k", "fuzzing or readers_by_hand", tests]
    if tests == "tests/rules":
        command.append(f"--hypothesis-seed={seed}")
    done = subprocess.run(command, env=os.environ | told, check=False)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
