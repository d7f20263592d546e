"""Pages whose examples are a site with tests: they are run on the tutorial's site, as a reader runs them."""

from __future__ import annotations

import re
from pathlib import Path
from shutil import copytree

import pytest

from tests.support.markdown import PAGES, code_blocks
from tests.support.tutorial_site import quickly_tested, run, site_of_the_tutorial, written

pytestmark = pytest.mark.sqlite_only("the processes it starts have a SQLite database of their own")

PAGE = PAGES["testing.md"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the tutorial, with the tests of the page."""
    folder = site_of_the_tutorial(tmp_path_factory.mktemp("testing"))
    written(folder, code_blocks(PAGE, "python"))
    return folder


def test_its_tests_pass_with_djangos_runner(site):
    told = run(site, "-W", "error::ResourceWarning", "manage.py", "test")

    assert told.returncode == 0, told.stderr
    assert f"Ran {PAGE.count('    def test_') + PAGE.count('    async def test_')} tests" in told.stderr


def test_its_tests_pass_with_pytest(site, tmp_path):
    quickly_tested(copytree(site, tmp_path, dirs_exist_ok=True))
    (line,) = (block for block in code_blocks(PAGE, "sh") if block.startswith("pytest "))
    told = run(tmp_path, "-m", *line.split(), "-p", "no:cacheprovider")

    assert told.returncode == 0, told.stdout
    assert f"{len(re.findall(r'(?m)^def test_', PAGE))} passed" in told.stdout


@pytest.mark.parametrize(("page", "app"), [("accounts.md", "teams"), ("custom-user-model.md", "people")])
def test_the_example_of_a_page_is_complete(page, app, tmp_path):
    """Its own migrate runs all migrations."""
    quickly_tested(site_of_the_tutorial(tmp_path))
    for language, block in re.findall(r"(?ms)^```(python|sh)\n(.*?)^```$", PAGES[page]):
        if language == "python":
            written(tmp_path, [block])
            continue
        for line in block.splitlines():
            told = run(tmp_path, *line.split()[1:])
            assert told.returncode == 0, told.stderr

    assert "python manage.py migrate\n" in PAGES[page]
    assert line == f"python manage.py test {app}"
    assert f"Ran {PAGES[page].count('    def test_')} tests" in told.stderr
