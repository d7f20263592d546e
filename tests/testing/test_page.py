"""Pages whose examples are a site with tests: they are run on the README's site, as a reader runs them."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.project.test_readme import LESSON, environment
from tests.support.markdown import PAGES, ROOT, code_blocks

pytestmark = pytest.mark.sqlite_only("the processes it starts have a SQLite database of their own")

PAGE, ACCOUNTS = PAGES["testing.md"], PAGES["accounts.md"]
#: As in the README: the one file that the reader's project has already.
SETTINGS = "mysite/settings.py"


def written(folder: Path, blocks: list[str]) -> None:
    """Write each block that names its file in the first line; settings are added to the project's."""
    for block in blocks:
        name = block.partition("\n")[0].removeprefix("# ")
        if name.startswith(("mysite/", "teams/")):
            path = folder / name
            path.write_text(path.read_text() + block if name == SETTINGS else block)


def site_of_the_readme(folder: Path) -> Path:
    start = [sys.executable, "-m", "django", "startproject", "mysite", "."]
    subprocess.run(start, cwd=folder, env=environment(), timeout=60, check=True)
    written(folder, code_blocks(LESSON, "python"))
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the README, with the tests of the page."""
    folder = site_of_the_readme(tmp_path_factory.mktemp("testing"))
    written(folder, code_blocks(PAGE, "python"))
    return folder


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
