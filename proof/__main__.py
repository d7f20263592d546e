"""``python -m proof``: start the servers, do the runs of a profile, report, stop.

It ends by itself, and its status is 1 if a run has failed. It listens on loopback ports only.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proof import report
from proof.findings import Findings
from proof.rig import started_rig
from proof.servers.database import NoDatabase
from tests.support.servers import REPORT_VARIABLE, postgresql
from tests.support.servers.over_time import end_after

if TYPE_CHECKING:
    from proof.runs.run import On, RunOn

#: After so many seconds a profile ends, whatever it is doing.
LIMITS = {"gate": 600, "night": 3600, "release": 10 * 3600}


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m proof", description=__doc__.splitlines()[0])
    parser.add_argument("--profile", choices=["gate", "night", "release"], default="gate")
    parser.add_argument("--only", default="", help="names of runs, with commas between them")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other decisions")
    parser.add_argument("--folder", type=Path, default=None, help="keep the ledgers in this folder")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser.parse_args(arguments)


def outcome(run: RunOn[On], rig: On, profile: str) -> Findings:
    """Do a run. One that cannot be done to its end has failed."""
    try:
        return run.do(rig, run.sizes[profile])
    except Exception as error:
        traceback.print_exc()
        first, *_ = [*str(error).splitlines(), ""]
        return Findings(faults=[f"the run ended with {type(error).__name__}: {first}"])


def main(arguments: list[str]) -> int:
    """Do the runs; return the exit status."""
    given = parse_arguments(arguments)
    end_after(LIMITS[given.profile])
    try:
        written = proved(given)
    except NoDatabase as problem:
        return not_run(str(problem), profile=given.profile)
    sys.stdout.write(json.dumps(written, indent=2) + "\n" if given.json else report.as_text(written))
    return 0 if written["has_passed"] else 1


def proved(given: argparse.Namespace) -> dict[str, Any]:
    """Start the servers, do the runs, and return the report."""
    found: dict[str, Findings] = {}
    with started_rig(seed=given.seed, folder=given.folder) as rig:
        from proof.runs import all_runs

        runs = all_runs()
        names = [name for name, run in runs.items() if given.profile in run.sizes]
        if given.only:
            if unknown := [name for name in given.only.split(",") if name not in names]:
                raise SystemExit(f"there is no run {unknown[0]!r} in this profile, but {', '.join(names)}")
            names = given.only.split(",")
        for name in names:
            if sys.stderr.isatty():
                print(f"{name} …", file=sys.stderr, flush=True)
            found[name] = outcome(runs[name], rig, given.profile)
        return report.as_json(
            profile=given.profile, seed=given.seed, database=rig.database.title, found=found
        )


def not_run(problem: str, *, profile: str) -> int:
    """Name the proof among what this machine cannot run.

    That is a failure, but for the profile that the tests of a developer end with.
    """
    how = postgresql.HOW_TO_GET_IT.format(variable="PATH")
    line = f"NOT RUN: the proof; no PostgreSQL could be started ({problem}): {how}\n"
    if path := os.environ.get(REPORT_VARIABLE):
        with Path(path).open("a") as file:
            file.write(line)
    sys.stdout.write(line)
    return 1 if profile != "gate" or os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
