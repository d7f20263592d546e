"""The table of what a request passes through."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.footprint import MOST_CALLS

pytestmark = pytest.mark.sqlite_only("the processes it starts have a SQLite database of their own")

ROOT = Path(__file__).parents[2]
ROWS = (
    "GET /v1/me",
    "client credentials",
    "code",
    "refresh",
    "introspection",
    "GET authorize, page",
    "POST authorize",
    "GET authorize, remembered",
)


def test_the_footprint_has_a_row_for_each_request_and_no_request_makes_more_calls_than_it_may():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.footprint"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )

    table = [(line[:32].strip(), line[32:].split()) for line in done.stdout.splitlines()[1:]]
    rows = {name: [int(number) for number in numbers] for name, numbers in table if name in ROWS}
    assert tuple(rows) == ROWS
    assert all(len(numbers) == 5 and 0 not in numbers for numbers in rows.values())
    calls = {name: numbers[3] for name, numbers in rows.items()}
    # The library of Python 3.13 makes some calls more for the same work.
    allowance = 1.01 if sys.version_info >= (3, 13) else 1
    assert {name: calls[name] for name, most in MOST_CALLS.items() if calls[name] > most * allowance} == {}
