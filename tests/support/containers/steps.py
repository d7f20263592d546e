"""Doing the steps of a Containerfile without a daemon: its folders lie below a folder of their own.

``python -m tests.support.containers.steps FOLDER`` does all of them, with pip, into an empty folder. Tests
leave out what installs, and take the environment that they run in.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.containers.instructions import Stage, read

ROOT = Path(__file__).resolve().parents[3]
CONTAINERFILE = ROOT / "examples" / "production" / "Containerfile"

#: The folders of the image that the steps make.
_FOLDERS = re.compile(r"(?<![\w./-])/(venv|site|src)(?![\w.-])")

_INSTALLS = r"groupadd|pip install|-m venv"


def below(root: Path, text: str) -> str:
    """Return a text with the folders of the image below a folder of this machine."""
    return _FOLDERS.sub(lambda found: f"{root}/{found[1]}", text)


def build(root: Path, *, installed: Path | None = None) -> None:
    """Do the steps of all stages, but what needs root; ``installed`` is an environment to take as it is."""
    if installed is not None:
        (root / "venv").symlink_to(installed)
    for stage in read(CONTAINERFILE):
        _build_stage(stage, root, installs=installed is None)


def _build_stage(stage: Stage, root: Path, *, installs: bool) -> None:
    folder = root
    for one in stage.instructions:
        if one.word == "WORKDIR":
            folder = Path(below(root, one.rest))
            folder.mkdir(parents=True, exist_ok=True)
        elif one.word == "COPY" and one.option("from") is None:
            *sources, target = one.arguments
            place = Path(below(root, target))
            _copy(sources, place if place.is_absolute() else folder / target)
        elif one.word == "RUN" and not re.search("groupadd" if installs else _INSTALLS, one.rest):
            _run(below(root, one.rest), folder, root)


def _copy(sources: list[str], target: Path) -> None:
    for name in sources:
        source = ROOT / name
        into = target / source.name if len(sources) > 1 or str(target).endswith("/") else target
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, into, dirs_exist_ok=True, ignore=ignored)
        else:
            into = into / source.name if into.is_dir() else into
            into.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, into)


def _run(command: str, folder: Path, root: Path) -> None:
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root / "src"), "HOME": str(root)}
    subprocess.run(["sh", "-ec", command], cwd=folder, env=variables, check=True, timeout=1200)


if __name__ == "__main__":
    build(Path(sys.argv[1]).resolve())
    sys.stdout.write("Every step of the Containerfile has worked, except those that need root.\n")
