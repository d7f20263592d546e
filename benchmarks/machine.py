"""On what it ran: ratios travel from machine to machine, microseconds do not."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = {
    "Django": "django",
    "Django REST framework": "djangorestframework",
    "django-oauth-toolkit": "django-oauth-toolkit",
}


def describe(postgresql: str) -> str:
    """Name the processor and the versions."""
    return ", ".join(
        [
            f"{_processor()}, {os.cpu_count()} cores",
            f"Python {platform.python_version()}",
            *(f"{name} {version(package)}" for name, package in PACKAGES.items()),
            f"PostgreSQL {postgresql}",
        ]
    )


def is_busy(load_before: float) -> bool:
    """Return whether others used the machine, so that the numbers say as much of them as of us."""
    return load_before > (os.cpu_count() or 1) / 4


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
