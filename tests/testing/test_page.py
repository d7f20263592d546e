"""Pages whose examples are a site with tests: they are run on the README's site, as a reader runs them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.support.markdown import PAGES, ROOT, code_blocks
from tests.support.readme_site import run, site_of_the_readme, written

pytestmark = pytest.mark.sqlite_only("the processes it starts have a SQLite database of their own")

PAGE, ACCOUNTS = PAGES["testing.md"], PAGES["accounts.md"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the README, with the tests of the page."""
    folder = site_of_the_readme(tmp_path_factory.mktemp("testing"))
    written(folder, code_blocks(PAGE, "python"))
    return folder


def test_its_tests_pass_with_djangos_runner(site):
    told = run(site, "-W", "error::ResourceWarning", "manage.py", "test")

    assert told.returncode == 0, told.stderr
    assert f"Ran {PAGE.count('    def test_') + PAGE.count('    async def test_')} tests" in told.stderr


def test_its_tests_pass_with_pytest(site):
    (line,) = (block for block in code_blocks(PAGE, "sh") if block.startswith("pytest "))
    # Installed, oauthcore is found by its entry point; here it lies beside.
    told = run(site, "-m", *line.split(), "-p", "oauthcore.pytest_plugin", "-p", "no:cacheprovider")

    assert told.returncode == 0, told.stdout
    assert f"{len(re.findall(r'(?m)^def test_', PAGE))} passed" in told.stdout


def test_the_example_of_a_site_with_accounts_is_complete(tmp_path):
    site_of_the_readme(tmp_path)
    for language, block in re.findall(r"(?ms)^```(python|sh)\n(.*?)^```$", ACCOUNTS):
        if language == "python":
            written(tmp_path, [block])
            continue
        for line in block.splitlines():
            told = run(tmp_path, *line.split()[1:])
            assert told.returncode == 0, told.stderr

    assert line == "python manage.py test teams"
    assert f"Ran {ACCOUNTS.count('    def test_')} tests" in told.stderr


def test_pytest_finds_the_fixtures_by_an_entry_point():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["entry-points"]["pytest11"] == {"oauthcore": "oauthcore.pytest_plugin"}


def test_everything_that_sites_may_import_is_described():
    from oauthcore import testing

    assert {name for name in testing.__all__ if f"`{name}" not in PAGE} == set()


def test_every_fixture_is_described():
    plugin = (ROOT / "oauthcore/pytest_plugin.py").read_text()

    assert {name for name in re.findall(r"def (oauth_\w+)", plugin) if f"`{name}`" not in PAGE} == set()
