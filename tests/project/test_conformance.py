"""docs/conformance.md agrees with the marks of the tests, and the tests of each document can be run alone."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.support.conformance import MARKS, PAGE, ROOT, TITLES, marker_of, page, requirements

WRITTEN = [f"pytest.mark.{mark}" for mark in MARKS]

pytestmark = pytest.mark.sqlite_only("it reads files of the project")


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == page(), "run `make conformance`"


def test_every_mark_stands_where_the_page_finds_it():
    """A mark kept in a variable, or computed, would select a test and not be on the page."""
    written = [
        (str(path.relative_to(ROOT)), node.lineno)
        for path in (ROOT / "tests").rglob("test_*.py")
        if any(mark in (text := path.read_text()) for mark in WRITTEN)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in WRITTEN
    ]
    found = {one.test.partition("::")[0] for one in requirements()}

    assert {path for path, _ in written} == found
    assert len(requirements()) >= len(written)


def test_a_rule_may_be_marked_on_a_module_a_class_a_test_and_a_case(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_some.py").write_text(
        """
import pytest
pytestmark = [pytest.mark.django_db, pytest.mark.rfc("9700", "4.14.2")]
@pytest.mark.rfc(6749, "4.10")
@pytest.mark.parametrize("case", [pytest.param(1, marks=pytest.mark.rfc("6749", "4.2"))])
def test_a_code_works_once(case): ...
@pytest.mark.rfc("7636", "B")
class TestIt:
    pytestmark = pytest.mark.rfc("7636", "4.6")
    async def test_is_so(self): ...
    def helper(self): ...
@pytest.mark.openid("core", "3.1.2.1")
class TestSignIn:
    @pytest.mark.openid("rp_logout", "2")
    def test_begins(self): ...
"""
    )

    assert [(one.paper, one.section, one.words) for one in requirements(tmp_path)] == [
        ("6749", "4.2", "A code works once"),
        ("6749", "4.10", "A code works once"),
        ("7636", "4.6", "Is so"),
        ("7636", "B", "Is so"),
        ("9700", "4.14.2", "A code works once"),
        ("9700", "4.14.2", "Begins"),
        ("9700", "4.14.2", "Is so"),
        ("openid_core", "3.1.2.1", "Begins"),
        ("openid_rp_logout", "2", "Begins"),
    ]


def test_a_module_of_the_suite_of_openid_is_named_as_the_suite_does(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_modules.py").write_text(
        """
import pytest
@pytest.mark.openid("core", "4")
def test_oidcc_codereuse():
    '''Modules codereuse and codereuse-30seconds.'''
@pytest.mark.openid("core", "5")
def test_oidcc_a_code_is_of_one_client(): ...
@pytest.mark.openid("core", "6")
def test_oidcc_prompt_login(): ...
"""
    )

    assert [(one.paper, one.section, one.words) for one in requirements(tmp_path)] == [
        ("openid_core", "4", "The modules `oidcc-codereuse` and `oidcc-codereuse-30seconds` pass"),
        ("openid_core", "5", "A code is of one client"),
        ("openid_core", "6", "The module `oidcc-prompt-login` passes"),
    ]


def test_each_paper_is_a_registered_marker(request):
    registered = {line.partition(":")[0] for line in request.config.getini("markers")}

    assert {marker_of(paper) for paper in TITLES} <= registered


def test_the_marker_of_an_rfc_selects_the_tests_that_are_marked_with_its_number():
    file = "tests/rules/wire/test_networks.py"
    marked = {one.test for one in requirements() if one.paper == "4291" and one.test.startswith(file)}

    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "rfc4291", file]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert {line.partition("[")[0] for line in listed.splitlines() if "::" in line} == marked != set()
