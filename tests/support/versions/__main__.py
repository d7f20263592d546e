"""Runs the tests with other versions: ``python -m tests.support.versions [--newest] [--python 3.13] …``.

Without a choice it is every combination of ``PYTHONS`` and ``DJANGOS``, with all tests that need no browser,
on SQLite. ``--newest`` is one combination, with the tests of ``CHANGES_WITH_DJANGO`` and ``OTHER_RELEASES``.
``--with django-oauth-toolkit==2.4.0`` is the oldest combination with that release, and the tests of the
import from it, on each database that is here; the package then makes its tables with its own migrations.
What the machine has no Python for is named, and left out.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import re
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

from tests.support.other_packages import MIGRATES_VARIABLE
from tests.support.versions.environments import ROOT, Combination, interpreter, prepare

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
DJANGOS = ("5.2", "6.0", "6.1")
NEWEST = Combination("3.13", "6.1")
#: What a release of Django can break: models and migrations, checks, forms and pages, the admin, REST.
CHANGES_WITH_DJANGO = [
    *(
        "models/test_migrations.py",
        "models/test_statements.py",
        "models/test_fields.py",
        "models/test_at_rest.py",
    ),
    *("checks", "api/drf", "admin/applications"),
]
#: The import from django-oauth-toolkit 2: the run with the site's own versions has release 3.
OTHER_RELEASES = [
    "management/imports/test_django_oauth_toolkit.py",
    "management/imports/test_toolkit_meanwhile.py",
    "management/imports/test_toolkit_rows.py",
]
WITH_A_PACKAGE = [*OTHER_RELEASES, "management/imports/test_damage.py", "management/imports/test_leaked.py"]
ENGINES = ("sqlite", "postgres", "mariadb")
#: A file that ``make test`` prints at its very end.
REPORT_VARIABLE = "OAUTHCORE_TEST_NOT_RUN"


def main() -> int:
    """Run what was chosen, print a table, and return 1 if anything failed or nothing was run."""
    parser = argparse.ArgumentParser(prog="python -m tests.support.versions", description=__doc__)
    parser.add_argument("--newest", action="store_true", help=f"{NEWEST}, and a part of the tests")
    parser.add_argument("--python", action="append", choices=PYTHONS, help="only these")
    parser.add_argument("--django", action="append", choices=DJANGOS, help="only these")
    parser.add_argument(
        "--with", dest="package", default="", metavar="PACKAGE==RELEASE", help="another release of a package"
    )
    parser.add_argument("tests", nargs="*", help="folders and files, in place of all")
    given = parser.parse_args()
    first = 1 if given.package else None
    chosen = (
        [NEWEST]
        if given.newest
        else [
            Combination(python, django, given.package)
            for python in given.python or PYTHONS[:first]
            for django in given.django or DJANGOS[:first]
            if django == "5.2" or python != "3.11"  # Django 6 needs Python 3.12
        ]
    )
    tests = given.tests or [f"tests/{one}" for one in _own_tests(given)]
    table = {one: run(one, tests, is_newest=given.newest) for one in chosen}
    width = max(30, *(len(str(one)) for one in table))
    sys.stdout.write("\n".join(["", *(f"{one!s:{width}} {line}" for one, line in table.items()), ""]))
    return is_wrong(table.values(), is_part=given.newest, in_ci=bool(os.environ.get("CI")))


def is_wrong(lines: Collection[str], *, is_part: bool, in_ci: bool) -> bool:
    """Return whether anything failed, or nothing was run; with ``CI`` set, whether anything was not run.

    A part of ``make test`` may be left out otherwise: that names it at its end.
    """
    are_run = [not line.startswith("not run") for line in lines]
    has_failed = any("FAILED" in line for line in lines)
    is_nothing = not any(are_run) and not is_part
    return has_failed or is_nothing or (in_ci and not all(are_run))


def _own_tests(given: argparse.Namespace) -> list[str]:
    """Return the tests that are run if none are named; all of them are an empty list."""
    if given.newest:
        return CHANGES_WITH_DJANGO + OTHER_RELEASES
    return WITH_A_PACKAGE if given.package else []


def run(one: Combination, tests: list[str], *, is_newest: bool) -> str:
    """Run tests with a combination; return a line of the table."""
    python = interpreter(one.python)
    if python is None:
        line = f"NOT RUN: tests with {one}; no Python {one.python} here: install it, or use pyenv"
        report_at = os.environ.get(REPORT_VARIABLE)
        if report_at and is_newest:
            with Path(report_at).open("a") as report:
                report.write(f"{line}\n")
        return "not run: there is no such Python here"
    sys.stdout.write(f"{one}\n")
    sys.stdout.flush()
    lock = ROOT / "requirements" / "newest.txt"
    if is_newest:
        wanted, mark = ["--no-deps --require-hashes -r requirements/newest.txt"], lock.read_text()
    else:
        release = " ".join([f"django=={one.django}.*", *one.package.split()])
        wanted = ["--upgrade -r requirements/test.in", f"--upgrade {release}"]
        mark = "".join((ROOT / "requirements" / f"{name}.in").read_text() for name in ("site", "test"))
        mark += f"{dt.datetime.now(dt.UTC):%G-W%V}"  # newer releases are looked for every week
    try:
        own = prepare(one, python, *wanted, mark=mark)
    except subprocess.CalledProcessError as problem:
        return f"FAILED: not installed ({problem})"
    if not one.package:
        return _tested(own, tests)
    lines = [_tested(own, tests, f"--engine={engine}", migrates=True) for engine in ENGINES]
    return ", ".join(f"{engine}: {line}" for engine, line in zip(ENGINES, lines, strict=True))


def _tested(python: Path, tests: list[str], *options: str, migrates: bool = False) -> str:
    """Return how checks, migrations and tests end with the Python of an environment."""
    # What the run itself leaves out is known from the run with the site's own versions.
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", REPORT_VARIABLE)}
    environment |= {MIGRATES_VARIABLE: "1"} if migrates else {}
    settings = environment | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    migrations = [str(python), "manage.py", "makemigrations", "--check", "--dry-run"]
    if subprocess.run(migrations, cwd=ROOT, env=settings, check=False).returncode:
        return "FAILED: a migration is missing"
    command = [str(python), "-m", "pytest", "--numprocesses=auto", "-m", "not browser", *options, *tests]
    done = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    last = ""
    for line in done.stdout or ():
        sys.stdout.write(line)
        last = line if re.search(r"\d (passed|failed|error)", line) else last
    words = last.strip("= \n") or "nothing was run"
    return f"{'FAILED: ' if done.wait() else ''}{words}"


if __name__ == "__main__":
    sys.exit(main())
