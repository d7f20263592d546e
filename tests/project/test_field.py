"""The products that the benchmark compares: each does what is measured of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks.field.products import ENTRANTS, OPERATIONS
from tests.support.source_files import ROOT

pytestmark = pytest.mark.sqlite_only("the processes it starts have a SQLite database of their own")


def test_every_product_answers_everything_that_is_measured_of_it():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.field.once"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    said = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert list(said) == [one.name for one in ENTRANTS]
    answered = {
        name
        for line in said.values()
        if not line.startswith("left out, because ")
        for name in line.split(", ")
    }
    assert answered == set(OPERATIONS)
