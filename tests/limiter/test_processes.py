"""Several processes on one SQLite file count together, as ``tests/races/test_limits.py`` shows of servers."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from tests.support.servers import DATABASE_VARIABLE

pytestmark = pytest.mark.sqlite_only("the processes it starts have a SQLite database of their own")

MOST = 5
TRIES_OF_EACH = 20

MAKE_TABLE = """
import django
django.setup()
from django.db import connection
from oauthcore.models import LimitWindow
with connection.schema_editor() as editor:
    editor.create_model(LimitWindow)
"""


def on(path: Path) -> dict[str, Any]:
    """Return how to start a process whose database is a SQLite file."""
    variables = {"DJANGO_SETTINGS_MODULE": "tests.settings", DATABASE_VARIABLE: f"sqlite:///{path}"}
    return {"env": os.environ | variables, "cwd": settings.BASE_DIR, "text": True}


def process_that_tries(name: str, path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.races.tries", name, str(MOST), str(TRIES_OF_EACH)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **on(path),
    )


def test_processes_that_share_a_sqlite_file_let_exactly_as_many_tries_through_as_may(tmp_path):
    shared, name = tmp_path / "shared.sqlite3", uuid4().hex
    subprocess.run([sys.executable, "-c", MAKE_TABLE], check=True, timeout=60, **on(shared))
    with ExitStack() as stack:
        processes = [stack.enter_context(process_that_tries(name, shared)) for _ in range(3)]
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 3

        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        let_through = [int(process.communicate(timeout=60)[0]) for process in processes]

    assert sum(let_through) == MOST
