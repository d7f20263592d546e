"""``python -m proof.cluster``: start the cluster, do the runs, report, stop.

It ends by itself, ``short`` after 20 minutes at the latest and ``long`` after an hour. Its status is 1 if a
run has failed. It listens on loopback ports only.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from proof import report
from proof.__main__ import outcome
from proof.cluster.servers import programs
from proof.findings import Findings
from tests.support.servers.over_time import end_after

#: After so many seconds a profile ends, whatever it is doing.
LIMITS = {"short": 1200, "long": 3600}


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m proof.cluster", description=__doc__.splitlines()[0])
    parser.add_argument("--profile", choices=["short", "long"], default="long")
    parser.add_argument("--only", default="", help="names of runs, with commas between them")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other decisions")
    parser.add_argument("--folder", type=Path, default=None, help="keep the ledgers in this folder")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Do the runs; return the exit status."""
    given = parse_arguments(arguments)
    if lines := programs.missing():
        raise SystemExit("The cluster cannot be started here.\n" + "\n".join(lines))
    from proof.cluster.cluster import started_cluster

    end_after(LIMITS[given.profile])
    found: dict[str, Findings] = {}
    began = time.monotonic()
    with started_cluster(seed=given.seed, folder=given.folder) as cluster:
        from proof.cluster.runs import all_runs

        runs = all_runs()
        names = given.only.split(",") if given.only else list(runs)
        if unknown := [name for name in names if name not in runs]:
            raise SystemExit(f"there is no run {unknown[0]!r}, but {', '.join(runs)}")
        titles = [cluster.databases.title, cluster.poolers[0].server.title, cluster.valkeys.title]
        for name in names:
            print(f"{name} … ({time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
            found[name] = outcome(runs[name], cluster, given.profile)
    servers = ", ".join(titles)
    written = report.as_json(profile=given.profile, seed=given.seed, database=servers, found=found)
    sys.stdout.write(json.dumps(written, indent=2) + "\n" if given.json else report.as_text(written))
    return 0 if written["has_passed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
