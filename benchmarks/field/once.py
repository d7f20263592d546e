"""``python -m benchmarks.field.once``: ask each site of the field for each of its operations once, on SQLite.

It measures nothing: it shows that what would be measured works. It prints the operations of each product, and
which products are left out because they are not installed. It takes a few seconds.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys

import django
from django.core.management import call_command

from benchmarks.field.products import ENTRANTS, Entrant

SECONDS = 60
SHARED = (
    "django.contrib.auth.hashers",
    "django.core.handlers.wsgi",
    "django.core.management.commands.migrate",
    "django.db.backends.sqlite3.base",
    "django.test.utils",
    "psycopg",
)
"""What all sites import and no settings change: once for all."""


def main() -> int:
    """Ask all; return the exit status: 1 if an operation of any product failed."""
    for name in SHARED:
        importlib.import_module(name)
    context = multiprocessing.get_context("fork")
    failed = False
    for entrant in ENTRANTS:
        if not entrant.is_installed:
            print(f"{entrant.name}: left out, because {entrant.needs} is not installed")
            continue
        process = context.Process(target=ask, args=(entrant,))
        process.start()
        process.join(SECONDS)
        process.kill()
        failed = failed or process.exitcode != 0
    return 1 if failed else 0


def ask(entrant: Entrant) -> None:
    """Ask a site for everything it has. Raises UnexpectedAnswerError if an answer is wrong."""
    os.environ["DJANGO_SETTINGS_MODULE"] = entrant.settings_module
    _make_tables()
    from benchmarks import people
    from benchmarks.requests import send

    people.USERS, people.TOKENS = 6, 1
    done = []
    for operation in entrant.make_operations():
        (request,) = operation.prepare(1)
        answer = send(operation.handler, request)
        if operation.follow is not None:
            answer = send(operation.handler, operation.follow(answer))
        operation.check(answer)
        done.append(operation.name)
    print(f"{entrant.name}: {', '.join(done)}", flush=True)


def _make_tables() -> None:
    """Make them from the models: that is quicker than the migrations."""
    django.setup()
    from django.apps import apps
    from django.conf import settings

    settings.MIGRATION_MODULES = dict.fromkeys(config.label for config in apps.get_app_configs())
    call_command("migrate", run_syncdb=True, verbosity=0, skip_checks=True)


if __name__ == "__main__":
    sys.exit(main())
