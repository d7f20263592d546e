"""The site that the README builds."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


README = (ROOT / "README.md").read_text()


LESSON = README.partition("## Protect your API")[2].partition("\n## ")[0]


PASSWORD = "a long walk by the sea"


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return {**kept, "PYTHONPATH": str(ROOT), "DJANGO_SUPERUSER_PASSWORD": PASSWORD, "PYTHONUTF8": "1"}
