"""The code keeps its shape: imports run downwards, files have one subject."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.support.source_files import LAYERS, PACKAGE, ROOMS, ROOT, imported, named, python_files

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

PACKAGES = ("oauthcore", "reference_site", "docs_site", "tests", "benchmarks", "proof")
CODE = [ROOT / name for name in (*PACKAGES, "manage.py")]

MOST_LINES = 260
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}

# A rule takes values and gives a value: nothing that knows a row, a request, a setting or the time of day.
BARRED_FROM_RULES = {"django", "rest_framework", "time", "os", "environ", "redis", "psycopg"}
CLOCK_READINGS = {"now", "utcnow", "today"}


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


def test_the_page_on_the_design_draws_these_layers_and_arrows():
    design = (ROOT / "docs/design.md").read_text()
    layers, arrows = (
        next(block for block in re.findall(r"(?s)```text\n(.*?)```", design) if begins in block)
        for begins in ("request_context", "─→")
    )
    drawn = [set(re.split(r" {4,}", line)[0].split()) for line in reversed(layers.splitlines())]
    built_on = {
        room: set(others.split(", ")) for room, others in re.findall(r"(\w+) +─→ (\w+(?:, \w+)*)", arrows)
    }

    assert drawn == list(LAYERS)
    assert built_on == {room: others for room, others in ROOMS.items() if others}


def test_every_room_is_in_the_table_of_the_design():
    table = (ROOT / "docs/design.md").read_text().partition("| room |")[2].partition("\n\n")[0]
    rooms = {
        folder.name
        for layer in ("rules", "flows", "api", "pages", "admin")
        for folder in (PACKAGE / layer).iterdir()
        if folder.is_dir() and folder.name != "__pycache__"
    }

    assert rooms - set(re.findall(r"`(\w+)`", table)) == set()


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
        name
        for name in imported(path)
        if name.split(".")[0] in ("reference_site", "tests", "benchmarks", "proof")
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


NAMED_MODULE = re.compile(r"``(?:oauthcore\.)?((?:rules|recording|flows|admin|management)(?:\.[a-z_]+)+)``")


@pytest.mark.parametrize("path", LIBRARY, ids=named)
def test_a_module_that_a_comment_names_exists(path):
    """The last word may be a name in the module: ``flows.tokens.verify.verify``."""
    named_here = {match[1] for match in NAMED_MODULE.finditer(path.read_text())}
    modules = {module_name(other).removeprefix("oauthcore.") for other in LIBRARY}

    assert {
        name for name in named_here if name not in modules and name.rpartition(".")[0] not in modules
    } == set()
