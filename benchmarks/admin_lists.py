"""How long the lists of the admin take on large tables: ``python -m benchmarks.admin_lists --rows 1000000``.

A PostgreSQL is started for the run and filled; each list is then opened, searched and filtered by a member of
staff, in this process, and the slowest of three is printed. It ends by itself.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
import warnings
from typing import Any

import django
from django.core.management import call_command

from benchmarks.environment import ENVIRONMENT
from benchmarks.options import at_least

MOST_SECONDS = 0.3
TRIES = 3


def main(arguments: list[str]) -> int:
    """Measure, print the table, return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.admin_lists", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "--rows", type=at_least(1), default=100_000, help="rows in each table (default 100000)"
    )
    parser.add_argument("--check", action="store_true", help="exit with status 1 if a page takes too long")
    parser.add_argument("--database-url", default=None, help="a PostgreSQL server; one is started otherwise")
    options = parser.parse_args(arguments)
    from benchmarks.database import fresh_database, server

    with server(options.database_url) as url, fresh_database(url) as database_url:
        os.environ.update(ENVIRONMENT, DATABASE_URL=database_url)
        django.setup()
        logging.disable()
        warnings.filterwarnings("ignore", "No directory at", UserWarning)
        call_command("migrate", verbosity=0, skip_checks=True)
        times = measure(options.rows)
        from django.db import connection

        connection.close()
    slow = {page: took for page, took in times.items() if took > MOST_SECONDS}
    for page, took in times.items():
        print(f"{page:50}{took * 1000:8.0f} ms{'  SLOW' if page in slow else ''}")
    print(
        f"{options.rows} rows in each table, {len(times)} pages, "
        f"{len(slow)} above {MOST_SECONDS * 1000:.0f} ms"
    )
    return 1 if options.check and slow else 0


def measure(rows: int) -> dict[str, float]:
    """Return the seconds of each page, the slowest of some tries."""
    from django.contrib.auth import get_user_model
    from django.test import Client, override_settings

    from benchmarks.admin_rows import LISTS, fill, pages

    started = time.monotonic()
    fill(rows)
    print(f"filled in {time.monotonic() - started:.0f} s; load {os.getloadavg()[0]:.1f}")
    staff: Any = get_user_model()._default_manager
    with override_settings(SECURE_SSL_REDIRECT=False):
        browser = Client()
        browser.force_login(staff.create_superuser("staff", "staff@site.example", "unused"))
        for name in LISTS:  # what a process does once: templates are read, a connection is opened
            _seconds(browser, f"{name}/")
        return {page: max(_seconds(browser, page) for _try in range(TRIES)) for page in pages()}


def _seconds(browser: Any, page: str) -> float:
    started = time.perf_counter()
    answer = browser.get(f"/admin/oauthcore/{page}", secure=True)
    took = time.perf_counter() - started
    if answer.status_code != 200:
        raise RuntimeError(f"{page} was answered with {answer.status_code}")
    return took


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
