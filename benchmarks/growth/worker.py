"""A process that has the site on a database of one size, and measures what it is told to.

Each size has a process of its own, because a process keeps counts and caches of its database. What belongs to
one round is asked of all processes in turn.
"""

from __future__ import annotations

import gc
import logging
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from multiprocessing.connection import Connection
from statistics import median
from typing import Any

import django
from django.core.management import call_command

from benchmarks.environment import ENVIRONMENT

#: More calls than psycopg and PostgreSQL want to see of a statement before they keep its plan.
CALLS_TO_WARM_UP = 8
#: Sign-in is measured without the password hash, and nobody comes near a limit.
WITHOUT_HASH = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LIMITS = ("LOGIN_ADDRESS_LIMIT", "LOGIN_LIMIT", "LOGIN_STRANGER_LIMIT")


def serve(pipe: Connection, database_url: str, size: int, collected: int, with_admin: bool) -> None:
    """Fill the database, and then do what comes through the pipe until it says None."""
    with reference_site(database_url):
        _serve(pipe, size, collected, with_admin)


@contextmanager
def reference_site(database_url: str) -> Iterator[None]:
    """Set Django up for the reference site on an empty database. Logins have no limit and no slow hash."""
    os.environ.update(ENVIRONMENT, DATABASE_URL=database_url, OAUTHCORE_ISSUER="http://testserver")
    django.setup()
    logging.disable()
    warnings.filterwarnings("ignore", "No directory at", UserWarning)  # static files, which nobody asks for
    call_command("migrate", verbosity=0, skip_checks=True)
    from django.conf import settings
    from django.test import override_settings

    limits = settings.OAUTHCORE | dict.fromkeys(LIMITS, (10**9, 3600))
    with override_settings(PASSWORD_HASHERS=WITHOUT_HASH, OAUTHCORE=limits):
        yield


def _serve(pipe: Connection, size: int, collected: int, with_admin: bool) -> None:
    from django.db import connection

    from benchmarks.growth.paths import Site, admin_lists, hot_paths
    from benchmarks.growth.reads import reads_of
    from benchmarks.growth.rows import settle
    from benchmarks.ours import write_counts
    from oauthcore.models import Token

    started, site = time.monotonic(), Site()
    filled = site.fill(size, collected=collected)
    operations = {one.name: one for one in hot_paths(site, filled)}
    if with_admin:
        handler = next(iter(operations.values())).handler
        operations |= {one.name: one for one in admin_lists(handler)}
    settle()
    pipe.send((Token.objects.count(), time.monotonic() - started, list(operations)))
    gc.collect()
    gc.freeze()
    while (asked := pipe.recv()) is not None:
        what, name, calls = asked
        operation = operations[name]
        pipe.send(asdict(reads_of(operation)) if what == "reads" else _microseconds(operation, calls))
    write_counts()
    connection.close()


def _microseconds(operation: Any, calls: int) -> float:
    """Return the median microseconds of a call. Preparing and checking are outside the clock."""
    from benchmarks.requests import send

    requests, times, answers = operation.prepare(calls), [], []
    for request in requests:
        started = time.perf_counter_ns()
        answer = send(operation.handler, request)
        times.append(time.perf_counter_ns() - started)
        answers.append(answer)
    for answer in answers:
        operation.check(answer)
    return median(times) / 1000
