"""Runs the attack: ``python -m tests.support.attack [--examples 5] [--seed 1] [--asgi] [--json]``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any


def main() -> int:
    """Attack the site, print what was found, and return 1 if anything was."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.attack", description=__doc__)
    parser.add_argument("--examples", type=int, default=5, help="generated requests for each operation")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other requests")
    parser.add_argument("--seconds", type=int, default=None, help="the longest time")
    parser.add_argument("--only", default="", help="only addresses that begin like this")
    parser.add_argument("--asgi", action="store_true", help="ask the ASGI application, not the WSGI one")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    given = parser.parse_args()

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.support.attack.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.support.attack.run import attack

    summary = attack(
        examples=given.examples,
        seed=given.seed,
        seconds=given.seconds,
        only=given.only,
        is_asgi=given.asgi,
    )
    sys.stdout.write(json.dumps(summary) if given.json else in_words(summary))
    return 1 if summary["failures"] or summary["errors"] else 0


def in_words(summary: dict[str, Any]) -> str:
    """Return a summary for people."""
    failures, errors = summary["failures"], summary["errors"]
    sent = "{operations} operations, {requests} requests, {checks} checks in {seconds} s (seed {seed})"
    found = f"{len(failures)} failures, {len(errors)} errors"
    lines = [sent.format(**summary), f"statuses: {summary['statuses']}", found, *failures, *errors]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
