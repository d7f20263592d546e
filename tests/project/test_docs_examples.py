"""Examples in the documentation: they are Python, and do what the page says."""

from __future__ import annotations

import ast
import inspect
import re
from typing import Any

import pytest

from oauthcore.accounts import AccountBackend, NamesAccounts
from oauthcore.rules.tokens.secrets import SecretFormat, SecretKind
from tests.support.markdown import EVERYTHING, PAGES, code_blocks

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

every_page = pytest.mark.parametrize("page", EVERYTHING)


@every_page
def test_python_examples_are_python(page):
    for block in code_blocks(EVERYTHING[page], "python"):
        ast.parse(block)


def test_the_example_of_an_account_backend_has_every_method_as_the_protocol_has_it():
    (backend,) = (
        node
        for block in code_blocks(PAGES["accounts.md"], "python")
        for node in ast.parse(block).body
        if isinstance(node, ast.ClassDef) and node.name == "TeamBackend"
    )
    written = {
        one.name: [argument.arg for argument in (*one.args.args, *one.args.kwonlyargs)]
        for one in backend.body
        if isinstance(one, ast.FunctionDef)
    }

    assert written == {
        name: list(inspect.signature(method).parameters)
        for name, method in (vars(AccountBackend) | vars(NamesAccounts)).items()
        if inspect.isfunction(method) and not name.startswith("_")
    }


@pytest.mark.parametrize("kind", SecretKind)
def test_the_expression_for_scanners_finds_every_kind_of_secret(kind):
    (expression,) = code_blocks(PAGES["tokens.md"], "regex")
    text = SecretFormat("example", "live").make(kind).reveal()

    assert re.findall(expression.strip(), f'password = "{text}"') == [text]
    assert re.findall(expression.strip(), f'password = "{text[:-1]}"') == []


@pytest.mark.parametrize("kind", SecretKind)
def test_the_example_tells_a_genuine_secret_from_a_mistyped_one(kind):
    example: dict[str, Any] = {}
    exec(code_blocks(PAGES["tokens.md"], "python")[0], example)
    text = SecretFormat("example", "live").make(kind).reveal()

    assert example["is_genuine"](text)
    assert not example["is_genuine"](text.replace("example", "exemple"))
