"""Interpreters of this machine, and environments that are made of them. It needs nothing but Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
WHERE = "import sys; print(sys.executable, '%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True)
class Combination:
    """A Python and a Django, and a release of another package."""

    python: str
    django: str
    #: As pip takes it: ``package==1.0``; empty for the release that ``requirements/test.in`` allows.
    package: str = ""

    def __str__(self) -> str:
        more = f" and {self.package.replace('==', ' ')}" if self.package else ""
        return f"Python {self.python} with Django {self.django}{more}"

    @property
    def folder(self) -> Path:
        """Where its environment is."""
        more = f"-{self.package.replace('==', '-')}" if self.package else ""
        return ROOT / f".venv-django-{self.django}-python-{self.python}{more}"


def interpreter(version: str) -> str | None:
    """Return the path of a Python of this version, on the PATH or of pyenv, or None if there is none."""
    for command, environment in _candidates(version):
        try:
            told = subprocess.run(
                [command, "-c", WHERE],
                env=os.environ | environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split()
        except (OSError, subprocess.SubprocessError):  # a name on the PATH may be a stub
            continue
        if told[-1:] == [version]:
            return told[0]
    return None


def _candidates(version: str) -> list[tuple[str, dict[str, str]]]:
    name = f"python{version}"
    found: list[tuple[str, dict[str, str]]] = [(sys.executable, {}), (name, {})]
    if shutil.which("pyenv"):
        listed = subprocess.run(["pyenv", "versions", "--bare"], capture_output=True, text=True, check=False)
        own = [line.strip() for line in listed.stdout.splitlines() if line.strip().startswith(f"{version}.")]
        found += [(name, {"PYENV_VERSION": one}) for one in own]
    return found


def prepare(combination: Combination, python: str, *arguments: str, mark: str) -> Path:
    """Install what is missing in an environment, unless ``mark`` says that it is there; return its Python."""
    folder = combination.folder
    own, installed = folder / "bin" / "python", folder / "installed.txt"
    if not own.exists():
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
    if not installed.exists() or installed.read_text() != mark:
        installed.unlink(missing_ok=True)
        for given in arguments:
            pip = [str(own), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *given.split()]
            subprocess.run(pip, cwd=ROOT, check=True)
        installed.write_text(mark)
    return own
