"""Processes that send the same request at the same instant, to the same database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection

from tests.support.servers import DATABASE_VARIABLE

#: The time after which every process has read its line.
SECONDS_BEFORE = 0.2


class Processes:
    """So many processes, each with a connection of its own."""

    def __init__(self, running: list[subprocess.Popen[str]]) -> None:
        self._running = running

    def all_at_once(
        self,
        path: str,
        fields: Mapping[str, Any] | None = None,
        *,
        method: str = "POST",
        **headers: str,
    ) -> Counter[int]:
        """Let every process send this request at the same instant; count the answers by status."""
        asked = {"method": method, "path": path, "body": urlencode(fields or {}), "headers": headers}
        line = json.dumps({"at": time.time() + SECONDS_BEFORE, **asked})
        for one in self._running:
            assert one.stdin is not None
            one.stdin.write(f"{line}\n")
            one.stdin.flush()
        return Counter(int(_said(one)) for one in self._running)


@contextmanager
def processes(size: int) -> Iterator[Processes]:
    """Start processes on the database of the test, and end them."""
    with ExitStack() as stack:
        running = [stack.enter_context(_start()) for _ in range(size)]
        assert [_said(one) for one in running] == ["ready"] * size
        yield Processes(running)
        for one in running:
            one.communicate(timeout=60)


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.races.sender"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", DATABASE_VARIABLE: database_url()},
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def database_url() -> str:
    """Return the address of the database of the test, for another process."""
    scheme = "mysql" if connection.vendor == "mysql" else "postgres"
    return f"{scheme}://{{USER}}@{{HOST}}:{{PORT}}/{{NAME}}".format(**connection.settings_dict)


def _said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()
