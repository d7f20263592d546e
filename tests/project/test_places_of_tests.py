"""Where tests are: in the rooms of the code, with what they share in ``support``."""

import re

import pytest

from tests.support.source_files import LAYERS, PACKAGE, ROOMS, ROOT, imported, named, python_files

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

TESTS = [path for path in python_files(ROOT / "tests") if path.name.startswith("test_")]

# Layers whose tests lie in rooms: those of the layer itself, or of the flows, which all layers share.
IN_ROOMS = {"rules", "flows", "api", "pages", "admin", "management"}
# What is asked of the whole: with browsers, clients, crowds, faults and servers, and of the project itself.
OF_THE_WHOLE = {
    *("browser", "canaries", "clients", "faults", "fuzzing", "project", "proof", "races", "serving", "site"),
}


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_a_test_lies_in_a_room_that_the_code_has(path):
    place, *rooms = path.relative_to(ROOT / "tests").parts[:-1]

    assert place in OF_THE_WHOLE.union(*LAYERS)
    if place in IN_ROOMS:
        assert rooms, "it lies beside the rooms"
        assert rooms[0] in ROOMS or (PACKAGE / place / rooms[0]).is_dir()


def test_what_tests_share_stands_in_support():
    fixed = {"conftest.py", "__init__.py", "settings.py"}
    files = [path for path in python_files(ROOT / "tests") if "support" not in path.parts]

    assert [
        named(path) for path in files if not path.name.startswith("test_") and path.name not in fixed
    ] == []


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
