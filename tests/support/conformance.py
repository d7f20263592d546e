"""docs/conformance.md lists the rules of RFCs beside the tests that hold the code to them.

``make conformance`` writes the page from the marks ``@pytest.mark.rfc(number, section)``. It reads the test
files and imports none of them, so it needs neither Django nor a collection of the tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "conformance.md"

#: Every paper that a mark may name: an RFC by its number, a draft by its name.
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
}

INTRODUCTION = """\
# Conformance

Each row is a rule of an RFC as a test states it: the section, what holds, and the test that proves it.
`make conformance` writes this page from the marks `@pytest.mark.rfc("7636", "4.6")` on the tests. A test
fails while the page is out of date.

Each RFC is a marker as well. This runs its tests:

    .venv/bin/pytest -m rfc7636
"""


class Requirement(NamedTuple):
    """One rule, and the test that holds the code to it."""

    rfc: str
    section: str
    words: str
    test: str


def marker_of(rfc: object) -> str:
    """Return the marker that selects the tests of an RFC: ``rfc7636``; a draft is its own."""
    return f"rfc{rfc}" if str(rfc).isdigit() else str(rfc)


def requirements(root: Path = ROOT) -> list[Requirement]:
    """Return what the marks of all test files say, by RFC, section and file."""
    found = [
        Requirement(rfc, part, _words(test.name), f"{path.relative_to(root).as_posix()}::{test.name}")
        for path in sorted((root / "tests").rglob("test_*.py"))
        if "mark.rfc(" in (text := path.read_text())
        for test, rfc, part in _marks(ast.parse(text))
    ]
    return sorted(set(found), key=lambda one: (_in_order(one.rfc), _in_order(one.section), one.test))


def page() -> str:
    """Return the page as it is to be."""
    parts = [INTRODUCTION]
    for rfc, rows in groupby(requirements(), key=lambda one: one.rfc):
        name = f"RFC {rfc}" if rfc.isdigit() else f"`{rfc}`"
        parts.append(f"\n## {name}: {TITLES[rfc]}\n\n| section | what holds | test |\n| --- | --- | --- |\n")
        parts.extend(f"| {one.section} | {one.words} | `{one.test}` |\n" for one in rows)
    return "".join(parts)


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
    """Return the number and section of each ``rfc`` mark, also of those inside a ``parametrize``."""
    calls = [node for one in expressions for node in ast.walk(one) if isinstance(node, ast.Call)]
    return [
        (str(ast.literal_eval(call.args[0])), str(ast.literal_eval(call.args[1])))
        for call in calls
        if ast.unparse(call.func) == "pytest.mark.rfc"
    ]


def _words(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ").capitalize().strip()


def _in_order(text: str) -> list[tuple[int, int, str]]:
    """Sort 4.2 before 4.10, and appendices and drafts behind all numbers."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"[.\s]+", text)]


if __name__ == "__main__":
    PAGE.write_text(page())
