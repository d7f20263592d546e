"""The house keeps its shape: imports run downwards, files have one subject, locks name no address."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "oauthcore"
CODE = [ROOT / name for name in ("oauthcore", "reference_site", "tests", "benchmarks", "manage.py")]

MOST_LINES = 260
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}

# What stands on what (docs/design.md draws it). A part may import itself and the parts named beside it. Parts
# are the folders and modules of oauthcore; whatever is not named here stands with "the rest", which the faces
# and flows may use and which may use none of them.
BELOW = {
    "rules": set(),
    "accounts": {"rules"},
    "second_factor": set(),
    "conf": {"rules", "accounts", "second_factor"},
    "encryption": {"conf"},
    "signals": set(),
    "models": {"rules", "conf", "signals", "accounts", "encryption"},
    "recording": {"rules", "conf", "signals", "accounts", "models", "the rest"},
    "flows": {"rules", "conf", "signals", "accounts", "models", "recording", "the rest"},
    "api": {"rules", "conf", "signals", "accounts", "models", "recording", "flows", "the rest"},
    "pages": {"rules", "conf", "signals", "accounts", "models", "recording", "flows", "the rest"},
    "admin": {"rules", "conf", "signals", "accounts", "models", "recording", "flows", "the rest"},
    "management": {"rules", "conf", "signals", "accounts", "models", "recording", "flows", "the rest"},
    "the rest": {"rules", "conf", "signals", "accounts", "models", "recording"},
}
# Where everything meets: the app's own wiring may import any part.
ON_TOP = {
    *("apps", "asgi", "checks", "deviantart_urls", "mastodon_urls", "middleware"),
    *("pytest_plugin", "second_factor_middleware", "testing", "urls", "well_known_urls"),
}

# A rule takes values and gives a value: nothing that knows a row, a request, a setting or the time of day.
BARRED_FROM_RULES = {"django", "rest_framework", "time", "os", "environ", "redis", "psycopg"}
CLOCK_READINGS = {"now", "utcnow", "today"}


def python_files(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted name of each thing imported anywhere in a file, except for type checkers only."""
    tree = ast.parse(path.read_text())
    skipped = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for statement in block.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(module: str) -> str | None:
    """Return the part of oauthcore that a dotted name belongs to, or None if it is another package's."""
    top, _, below = module.partition(".")
    if top != "oauthcore" or not below:
        return None
    part = below.split(".")[0]
    return part if part in BELOW or part in ON_TOP else "the rest"


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


LIBRARY = list(python_files(PACKAGE))
RULES = list(python_files(PACKAGE / "rules"))
EVERY_FILE = [path for place in CODE for path in python_files(place)]


@pytest.mark.parametrize("path", LIBRARY, ids=named)
def test_imports_run_downwards(path):
    part = part_of(module_name(path))
    if part is None or part in ON_TOP or "migrations" in path.parts:
        return
    allowed = BELOW[part] | {part}

    upwards = {name for name in imported(path) if (below := part_of(name)) and below not in allowed}

    assert upwards == set()


@pytest.mark.parametrize("path", LIBRARY, ids=named)
def test_the_library_knows_no_site(path):
    assert [
        name for name in imported(path) if name.split(".")[0] in ("reference_site", "tests", "benchmarks")
    ] == []


@pytest.mark.parametrize("path", RULES, ids=named)
def test_a_rule_knows_no_framework_no_settings_and_no_clock(path):
    tree = ast.parse(path.read_text())
    clocks = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in CLOCK_READINGS
    ]

    assert [name for name in imported(path) if name.split(".")[0] in BARRED_FROM_RULES] == []
    assert clocks == []


@pytest.mark.parametrize("path", [path for path in EVERY_FILE if "migrations" not in path.parts], ids=named)
def test_a_file_has_one_subject(path):
    lines = path.read_text().count("\n")

    assert not FORBIDDEN_NAMES & {path.stem, path.parent.name}
    assert lines <= MOST_LINES, "look for the second subject in it"


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=named)
def test_locks_hold_hashes_and_no_addresses(path):
    text = path.read_text()

    assert "://" not in text
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement


def test_a_larger_lock_holds_the_same_releases_as_a_smaller_one():
    site, test, benchmarks = (
        set(
            re.findall(
                r"^([a-z0-9._-]+==\S+)", (ROOT / "requirements" / f"{name}.txt").read_text(), re.MULTILINE
            )
        )
        for name in ("site", "test", "benchmarks")
    )

    assert site <= test <= benchmarks
