"""A site as the tutorial has it, made in a folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.markdown import code_blocks
from tests.support.tutorial import LESSON, environment

#: As in the tutorial: the one file that the reader's project has already.
SETTINGS = "mysite/settings.py"


def written(folder: Path, blocks: list[str]) -> None:
    """Write each block that names its file in the first line; settings are added to the project's."""
    for block in blocks:
        name = block.partition("\n")[0].removeprefix("# ")
        if name.startswith(("mysite/", "teams/", "people/")):
            path = folder / name
            path.write_text(path.read_text() + block if name == SETTINGS else block)


def site_of_the_tutorial(folder: Path) -> Path:
    start = [sys.executable, "-m", "django", "startproject", "mysite", "."]
    subprocess.run(start, cwd=folder, env=environment(), timeout=60, check=True)
    written(folder, code_blocks(LESSON, "python"))
    return folder


def quickly_tested(site: Path) -> Path:
    """Let tests of a site make their tables from its models. Running all migrations takes seconds."""
    path = site / SETTINGS
    path.write_text(path.read_text() + '\nDATABASES["default"]["TEST"] = {"MIGRATE": False}\n')
    return site


def run(site: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        cwd=site,
        env=environment() | more,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
