"""An earlier state of the project, taken from the repository, so that it can serve beside this one."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.support.serving.served import ROOT

#: The last migration that the earlier state has, and the next one, with whose commit this state begins.
LAST = "0021_pushed_requests"
_NEXT = "oauthcore/migrations/0022_challenge_channel.py"


class NoHistory(Exception):
    """The repository is not here, or not all of it."""


def unpack(folder: Path) -> Path:
    """Unpack the state before ``_NEXT`` into the folder. Raises NoHistory without the repository."""
    added = _git("log", "--diff-filter=A", "--format=%H", "--", _NEXT).split()
    if not added:
        raise NoHistory("the repository does not have the commits of the earlier state")
    where = folder / "previous"
    where.mkdir(exist_ok=True)
    archive = folder / "previous.tar"
    _git("archive", f"--output={archive}", f"{added[-1]}^")
    subprocess.run(["tar", "--extract", "--file", archive, "--directory", where], check=True, timeout=60)
    return where


def _git(*arguments: str) -> str:
    try:
        run = subprocess.run(
            ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True, timeout=60
        )
    except (OSError, subprocess.CalledProcessError) as problem:
        raise NoHistory(f"git: {problem}") from problem
    return run.stdout
