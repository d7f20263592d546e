"""The site that the tutorial builds."""

from __future__ import annotations

import os

from tests.support.markdown import ROOT
from tests.support.wheel import installed

LESSON = (ROOT / "docs/tutorial.md").read_text()


PASSWORD = "a long walk by the sea"


def environment() -> dict[str, str]:
    """Return the environment of the reader's processes, which import oauthcore from its wheel."""
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return {**kept, "PYTHONPATH": str(installed()), "DJANGO_SUPERUSER_PASSWORD": PASSWORD, "PYTHONUTF8": "1"}
