"""The wheel of this tree, built and installed once per process, as a site gets it."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.support.markdown import ROOT


@cache
def built() -> Path:
    """Return the wheel. It is built with what is installed here, so that nothing is fetched."""
    folder = _folder()
    command = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    _run(*command)
    (wheel,) = folder.glob("*.whl")
    return wheel


@cache
def installed() -> Path:
    """Return the folder that the wheel is installed in, for PYTHONPATH."""
    folder = _folder()
    options = ["--quiet", "--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check"]
    _run("-m", "pip", "install", *options, "--target", str(folder), str(built()))
    return folder


def _folder() -> Path:
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _run(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
