"""The documentation as a site, built once for all processes of a run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.made_once import made_once

ROOT = Path(__file__).resolve().parents[2]


def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site."""
    return made_once(tmp_path_factory, "docs_site", _build)


def _build(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "docs_site", str(folder)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
