"""The wheel: what is in it, and that a new Django project works with it alone.

The tutorial runs on the wheel as well (``test_tutorial.py``): consent, tokens, protected views.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from tests.support.markdown import ROOT
from tests.support.public_imports import NAMED, imported
from tests.support.tutorial_site import run, site_of_the_tutorial
from tests.support.wheel import built, installed

pytestmark = pytest.mark.sqlite_only("the processes it starts have a SQLite database of their own")

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TYPED_SITE = ROOT / "tests/support/typed_site"
PAGES = [
    "/admin/",
    "/admin/oauthcore/application/",
    "/admin/oauthcore/servicetoken/",
    "/admin/oauthcore/servicetoken/add/",
    "/admin/oauthcore/securityevent/",
    "/oauth/applications/",
    "/oauth/applications/new",
    "/oauth/connections/",
    "/oauth/security/",
    "/login",
]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a developer sees in a new project that has nothing but the wheel."""
    site = site_of_the_tutorial(tmp_path_factory.mktemp("new_site"))
    shutil.copy(ROOT / "tests/support/walk.py", site)
    told = run(site, "walk.py", *PAGES, DJANGO_SETTINGS_MODULE="mysite.settings")
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def files_of_the_package() -> set[str]:
    files = (one for one in (ROOT / "oauthcore").rglob("*") if one.is_file())
    return {str(one.relative_to(ROOT)) for one in files if one.suffix != ".pyc"}


def test_it_has_every_file_of_the_package_and_nothing_else():
    with zipfile.ZipFile(built()) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert names == files_of_the_package()


def test_it_says_that_its_types_count():
    assert (installed() / "oauthcore/py.typed").exists()


def test_it_names_its_version_its_licence_and_its_extras():
    with zipfile.ZipFile(built()) as wheel:
        (path,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = message_from_bytes(wheel.read(path))

    assert metadata["Version"] == PROJECT["version"]
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert set(metadata.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])


def test_a_new_site_imports_it_from_where_it_was_installed(walk):
    assert Path(walk["from"]).is_relative_to(installed())


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_a_new_site_is_there_with_its_style(walk, path):
    page = walk["pages"][path]

    assert page["status"] == 200
    assert page["title"]
    assert page["static"]
    assert page["missing"] == []


def test_a_site_that_uses_every_public_name_is_strictly_typed(tmp_path):
    """mypy finds the types in the installed package, as it does for a developer."""
    site = shutil.copytree(TYPED_SITE, tmp_path / "site")
    developer = tmp_path / "venv"
    venv.create(developer, with_pip=False)
    (packages,) = developer.glob("lib/python*/site-packages")
    (packages / "installed.pth").write_text(f"{sysconfig.get_path('purelib')}\n{installed()}\n")
    python = [f"--python-executable={developer / 'bin/python'}", f"--cache-dir={tmp_path / 'cache'}"]
    told = subprocess.run(
        [sys.executable, "-m", "mypy", *python, "mysite"],
        cwd=site,
        env={"PYTHONPATH": f".:{installed()}", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert told.stdout.startswith("Success: no issues found"), told.stdout + told.stderr


def test_that_site_uses_every_public_name():
    used = {name for path in TYPED_SITE.rglob("*.py") for name in imported(path.read_text())}

    assert set(NAMED) - used == set()
