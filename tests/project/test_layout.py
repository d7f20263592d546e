"""The house keeps its shape: imports run downwards, files have one subject, locks name no address."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "oauthcore"
CODE = [ROOT / name for name in ("oauthcore", "reference_site", "tests", "benchmarks", "manage.py")]

MOST_LINES = 260
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}

# The layers, from the bottom: a part may import itself and what stands in a layer below its own, but nothing
# beside or above it (docs/design.md draws them). Parts are the folders and modules of oauthcore.
LAYERS = (
    {"rules", "signals", "second_factor"},
    {"accounts", "claims", "errors"},
    {"conf"},
    {"request_context", "templatetags"},
    {"addresses", "bodies", "converters", "logging", "outgoing"},
    {"models", "mysql", "postgresql"},
    {"limiter"},
    {"recording"},
    {"flows"},
    {"api", "pages", "admin", "management"},
    {"applications", "asgi", "middleware", "urls"},
    {"testing"},
    {"checks", "pytest_plugin"},
    {"apps"},
)

# The rooms of the flows, each with the rooms it may import. No arrow goes both ways, and none leads back.
ROOMS = {
    "keys": set(),
    "tokens": set(),
    "passwords": set(),
    "service_tokens": set(),
    "oidc": {"tokens"},
    "oauth": {"tokens", "passwords", "oidc"},
    "logout": {"oauth", "oidc"},
    "applications": {"oauth"},
    "second_factor": {"passwords"},
    "sign_in": {"tokens", "passwords", "second_factor"},
    "connections": {"tokens", "sign_in"},
    "notices": {"tokens", "service_tokens"},
    "upkeep": {"tokens", "applications"},
    "dialects": {"tokens", "oauth", "connections"},
}

# A rule takes values and gives a value: nothing that knows a row, a request, a setting or the time of day.
BARRED_FROM_RULES = {"django", "rest_framework", "time", "os", "environ", "redis", "psycopg"}
CLOCK_READINGS = {"now", "utcnow", "today"}


def python_files(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imported(path: Path) -> list[str]:
    """Return the dotted name of each thing imported anywhere in a file, except for type checkers only."""
    tree = ast.parse(path.read_text())
    skipped = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for statement in block.body
        for node in ast.walk(statement)
    }
    names = []
    for node in (one for one in ast.walk(tree) if id(one) not in skipped):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def part_of(module: str) -> str | None:
    """Return the part of oauthcore that a dotted name belongs to, or None if it is another package's."""
    top, _, below = module.partition(".")
    return below.split(".")[0] if top == "oauthcore" and below else None


def room_of(module: str) -> str | None:
    """Return the room of the flows that a dotted name belongs to, or None if it is elsewhere."""
    words = module.split(".")
    return words[2] if words[:2] == ["oauthcore", "flows"] and len(words) > 2 else None


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


LIBRARY = list(python_files(PACKAGE))
RULES = list(python_files(PACKAGE / "rules"))
EVERY_FILE = [path for place in CODE for path in python_files(place)]
PLACED = [path for path in LIBRARY if part_of(module_name(path)) not in (None, "migrations")]


def test_every_part_stands_in_one_layer_and_every_flow_in_a_room():
    parts = [part for layer in LAYERS for part in layer]

    assert sorted(parts) == sorted({part_of(module_name(path)) for path in PLACED})
    assert {room_of(module_name(path)) for path in PLACED if "flows" in path.parts} == {None, *ROOMS}
    assert [path.name for path in (PACKAGE / "flows").glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("path", PLACED, ids=named)
def test_imports_run_downwards(path):
    part = part_of(module_name(path))
    at = next(number for number, layer in enumerate(LAYERS) if part in layer)
    allowed = {part}.union(*LAYERS[:at])

    assert [name for name in imported(path) if (below := part_of(name)) and below not in allowed] == []


@pytest.mark.parametrize("path", [path for path in PLACED if room_of(module_name(path))], ids=named)
def test_a_room_imports_only_the_rooms_it_is_built_on(path):
    room = room_of(module_name(path))
    allowed = ROOMS[room] | {room}

    assert [name for name in imported(path) if (other := room_of(name)) and other not in allowed] == []


def test_no_way_through_the_rooms_leads_back():
    assert list(TopologicalSorter(ROOMS).static_order())


def test_what_is_live_in_sql_is_written_in_one_place():
    condition = re.compile(
        r"Q\(expires_at(__isnull=True|=None)\)\s*\|\s*(models\.)?Q\(expires_at__gt=(?!models\.F)"
    )

    written = [named(path) for path in LIBRARY if condition.search(path.read_text())]
    assert written == ["oauthcore/models/liveness.py"]


def test_scopes_are_put_into_words_in_one_place():
    words = re.compile(r"\.(description_of|is_sensitive|grouped)\(")

    written = [named(path) for path in LIBRARY if path not in RULES and words.search(path.read_text())]
    assert written == ["oauthcore/flows/oauth/scope_words.py"]


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


def test_what_tests_share_stands_in_support():
    fixed = {"conftest.py", "__init__.py", "settings.py"}
    files = [path for path in python_files(ROOT / "tests") if "support" not in path.parts]

    assert [
        named(path) for path in files if not path.name.startswith("test_") and path.name not in fixed
    ] == []


TESTS = [path for path in python_files(ROOT / "tests") if path.name.startswith("test_")]

# Layers whose tests lie in rooms: those of the layer itself, or of the flows, which all layers share.
IN_ROOMS = {"rules", "flows", "api", "pages", "admin", "management"}
# What is asked of the whole: with browsers, clients, crowds, faults and servers, and of the project itself.
OF_THE_WHOLE = {"browser", "canaries", "clients", "faults", "project", "races", "serving", "site"}


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_a_test_lies_in_a_room_that_the_code_has(path):
    place, *rooms = path.relative_to(ROOT / "tests").parts[:-1]

    assert place in OF_THE_WHOLE.union(*LAYERS)
    if place in IN_ROOMS:
        assert rooms, "it lies beside the rooms"
        assert rooms[0] in ROOMS or (PACKAGE / place / rooms[0]).is_dir()


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_a_test_imports_from_no_other_test(path):
    assert [name for name in imported(path) if re.search(r"^tests\.(\w+\.)*(test_|conftest)", name)] == []


def test_what_runs_on_sqlite_alone_says_why():
    marks = [
        (named(path), mark)
        for path in python_files(ROOT / "tests")
        for mark in re.findall(r"pytest\.mark\.sqlite_only\b\(?\s*\S?", path.read_text())
    ]

    assert [
        (name, mark) for name, mark in marks if not mark.endswith('("') and not re.search(r'\(\s+"$', mark)
    ] == []


NAMED_MODULE = re.compile(r"``(?:oauthcore\.)?((?:rules|recording|flows|admin|management)(?:\.[a-z_]+)+)``")


@pytest.mark.parametrize("path", LIBRARY, ids=named)
def test_a_module_that_a_comment_names_exists(path):
    """The last word may be a name in the module: ``flows.tokens.verify.verify``."""
    named_here = {match[1] for match in NAMED_MODULE.finditer(path.read_text())}
    modules = {module_name(other).removeprefix("oauthcore.") for other in LIBRARY}

    assert {
        name for name in named_here if name not in modules and name.rpartition(".")[0] not in modules
    } == set()


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=named)
def test_locks_hold_hashes_and_no_addresses(path):
    text = path.read_text()
    assert "://" not in text
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement


def test_a_larger_lock_holds_the_same_releases_as_a_smaller_one():
    site, test, benchmarks = (
        set(re.findall(r"^([a-z0-9._-]+==\S+)", path.read_text(), re.MULTILINE))
        for path in (ROOT / "requirements" / f"{name}.txt" for name in ("site", "test", "benchmarks"))
    )

    assert site <= test <= benchmarks
