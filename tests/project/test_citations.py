"""Code, tests and pages cite only what a reader can look up."""

from __future__ import annotations

import re

import pytest

from tests.support.markdown import PAGES, ROOT

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

#: Numbers of things that are not in the project: sections of a contract, cases of a list, issues.
FOREIGN_NUMBERS = re.compile(
    r"contract(?:\.md|'?s? (?:§|section))|security(?:\.md)?[`']* D?\d|\bcases? \d|\bissues? #?\d",
    re.IGNORECASE,
)


def cited_in() -> dict[str, str]:
    """Return every file that may cite something, by its path."""
    paths = [
        path
        for folder in ("oauthcore", "reference_site", "tests", "benchmarks", "proof", "docs", "requirements")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html", ".md", ".in", ".css", ".js"}
    ]
    paths += [
        path for path in ROOT.iterdir() if path.suffix in {".md", ".toml", ".py"} or path.name == "Makefile"
    ]
    return {str(path.relative_to(ROOT)): path.read_text() for path in paths}


def test_code_tests_and_pages_cite_the_wire_page_an_rfc_or_a_promise_and_no_other_paper():
    cited = {path: FOREIGN_NUMBERS.findall(text) for path, text in cited_in().items()}

    assert {path: found for path, found in cited.items() if found} == {}


def test_sections_of_the_wire_page_that_are_cited_exist():
    sections = set(re.findall(r"(?m)^## (\d+)\. ", PAGES["wire.md"]))

    for path, text in cited_in().items():
        assert set(re.findall(r"[Ww]ire §(\d+)", text)) <= sections, path
