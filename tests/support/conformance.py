"""docs/conformance.md lists the rules of RFCs and of OpenID with the tests that check them.

``make conformance`` writes the page from the marks ``@pytest.mark.rfc(number, section)`` and
``@pytest.mark.openid(document, section)``. It reads the test files and imports none of them, so it needs
neither Django nor a collection of the tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from tests.support.left_out import LEFT_OUT
from tests.support.openid_modules import PREFIX, modules_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "conformance.md"

#: The marks that name a paper, and how the word of the mark becomes the key of the paper below.
MARKS = {"rfc": "{}", "openid": "openid_{}"}

#: Every paper that a mark may name: an RFC by its number, a draft by its name, OpenID's by a word.
TITLES = {
    "4291": "IP Version 6 Addressing Architecture",
    "6238": "Time-Based One-Time Passwords",
    "6749": "The OAuth 2.0 Authorization Framework",
    "6750": "Bearer Token Usage",
    "7009": "Token Revocation",
    "7515": "JSON Web Signature",
    "7517": "JSON Web Key",
    "7518": "JSON Web Algorithms",
    "7519": "JSON Web Token",
    "7521": "Assertion Framework for Client Authentication and Authorization Grants",
    "7523": "JWT Profile for Client Authentication and Authorization Grants",
    "7591": "Dynamic Client Registration",
    "7592": "Dynamic Client Registration Management",
    "7636": "Proof Key for Code Exchange",
    "7638": "JSON Web Key Thumbprint",
    "7662": "Token Introspection",
    "8037": "Elliptic Curve Signatures in JOSE",
    "8252": "OAuth 2.0 for Native Apps",
    "8259": "The JSON Data Interchange Format",
    "8414": "Authorization Server Metadata",
    "8628": "Device Authorization Grant",
    "8693": "Token Exchange",
    "8707": "Resource Indicators",
    "8725": "JSON Web Token Best Current Practices",
    "9068": "JWT Profile for Access Tokens",
    "9101": "JWT-Secured Authorization Request",
    "9110": "HTTP Semantics",
    "9111": "HTTP Caching",
    "9112": "HTTP/1.1",
    "9126": "Pushed Authorization Requests",
    "9207": "Authorization Server Issuer Identification",
    "9278": "JWK Thumbprint URI",
    "9396": "Rich Authorization Requests",
    "9449": "Demonstrating Proof of Possession (DPoP)",
    "9470": "Step Up Authentication Challenge Protocol",
    "9700": "Best Current Practice for OAuth 2.0 Security",
    "9728": "Protected Resource Metadata",
    "9864": "Fully-Specified Algorithms for JOSE and COSE",
    "draft-ietf-oauth-client-id-metadata-document": "Client ID Metadata Document",
    "draft-ietf-oauth-identity-assertion-authz-grant": "Identity Assertion Authorization Grant (ID-JAG)",
    "openid_core": "OpenID Connect Core 1.0",
    "openid_discovery": "OpenID Connect Discovery 1.0",
    "openid_registration": "OpenID Connect Dynamic Client Registration 1.0",
    "openid_rp_logout": "OpenID Connect RP-Initiated Logout 1.0",
    "openid_backchannel_logout": "OpenID Connect Back-Channel Logout 1.0",
}

INTRODUCTION = """\
# Conformance

Each row is a rule of an RFC or of an OpenID document as a test states it: the section, what holds, and the
test that proves it. The last table lists what is left out on purpose. A "module" is a test of OpenID's
conformance suite: the test that is named beside it does the same.

`make conformance` writes this page from the marks `@pytest.mark.rfc("7636", "4.6")` and
`@pytest.mark.openid("core", "3.1.2.1")` on the tests. A test fails while the page is out of date. Each paper
is also a marker of pytest, and the marker `openid` selects all documents of OpenID:

    .venv/bin/pytest -m rfc7636
    .venv/bin/pytest -m openid_core
"""


class Requirement(NamedTuple):
    """One rule, and the test that holds the code to it."""

    paper: str
    section: str
    words: str
    test: str


def paper_of(mark: str, word: object) -> str:
    """Return the key of the paper that a mark names by its first word."""
    return MARKS[mark].format(word)


def marker_of(paper: str) -> str:
    """Return the marker that selects the tests of a paper: ``rfc7636``; all others are their own."""
    return f"rfc{paper}" if paper.isdigit() else paper


def headline_of(paper: str) -> str:
    """Return the words above the table of a paper."""
    if paper.startswith("openid_"):
        return f"{TITLES[paper]} (`{paper}`)"
    return f"RFC {paper}: {TITLES[paper]}" if paper.isdigit() else f"`{paper}`: {TITLES[paper]}"


def is_marked(text: str) -> bool:
    """Tell whether a test file names a paper at all; parsing all the others would take seconds."""
    return any(f"mark.{mark}(" in text for mark in MARKS)


def requirements(root: Path = ROOT) -> list[Requirement]:
    """Return what the marks of all test files say, by paper, section and file."""
    found = [
        Requirement(paper, part, _words(test), f"{path.relative_to(root).as_posix()}::{test.name}")
        for path in sorted((root / "tests").rglob("test_*.py"))
        if is_marked(text := path.read_text())
        for test, paper, part in _marks(ast.parse(text))
    ]
    return sorted(set(found), key=lambda one: (_in_order(one.paper), _in_order(one.section), one.test))


def page() -> str:
    """Return the page as it is to be."""
    parts = [INTRODUCTION]
    for paper, rows in groupby(requirements(), key=lambda one: one.paper):
        parts.append(f"\n## {headline_of(paper)}\n\n| section | what holds | test |\n| --- | --- | --- |\n")
        parts.extend(f"| {one.section} | {one.words} | `{one.test}` |\n" for one in rows)
    parts.append(
        "\n## What is left out on purpose\n\n| paper | section | what, and why |\n| --- | --- | --- |\n"
    )
    parts.extend(f"| {_called(one.paper)} | {one.section} | {one.words} |\n" for one in LEFT_OUT)
    return "".join(parts)


def _called(paper: str) -> str:
    return f"RFC {paper}" if paper.isdigit() else f"`{paper}`"


def _marks(tree: ast.Module) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str, str]]:
    """Yield each test with each rule that it, its class or its module is marked with."""
    yield from _marks_in(tree.body, _rules(tree.body))


def _marks_in(
    body: list[ast.stmt], inherited: list[tuple[str, str]]
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str, str]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _marks_in(node.body, inherited + _named(node.decorator_list) + _rules(node.body))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield from ((node, *rule) for rule in inherited + _named(node.decorator_list))


def _rules(body: list[ast.stmt]) -> list[tuple[str, str]]:
    """Return the rules that ``pytestmark`` of a module or class names."""
    return _named([node.value for node in body if isinstance(node, ast.Assign) and _is_pytestmark(node)])


def _is_pytestmark(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)


def _named(expressions: list[ast.expr]) -> list[tuple[str, str]]:
    """Return the paper and section that each mark names, also of those inside a ``parametrize``."""
    calls = [node for one in expressions for node in ast.walk(one) if isinstance(node, ast.Call)]
    return [
        (paper_of(mark, ast.literal_eval(call.args[0])), str(ast.literal_eval(call.args[1])))
        for call in calls
        for mark in MARKS
        if ast.unparse(call.func) == f"pytest.mark.{mark}"
    ]


def _words(test: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return what a test states: that modules of OpenID's suite pass, or the sentence of its name."""
    if modules := [f"`oidcc-{one}`" for one in modules_of(test)]:
        *others, last = modules
        return f"The modules {', '.join(others)} and {last} pass" if others else f"The module {last} passes"
    return test.name.removeprefix(PREFIX).removeprefix("test_").replace("_", " ").capitalize().strip()


def _in_order(text: str) -> list[tuple[int, int, str]]:
    """Sort 4.2 before 4.10, and appendices, drafts and OpenID behind all numbers."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"[.\s]+", text)]


if __name__ == "__main__":
    PAGE.write_text(page())
