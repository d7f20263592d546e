"""Each module of the suite's plans for such a provider has a test here, or a reason for having none."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.openid_modules import MODULES, modules_of

pytestmark = pytest.mark.sqlite_only("no row decides what is shown here")

NOT_HERE = {
    "request-uri-unsigned": "request objects are refused, as the configuration says",
    "request-uri-signed-rs256": "request objects are refused, as the configuration says",
}

FOLDERS = (Path(__file__).parent, Path(__file__).parents[3] / "pages" / "authorize")
TESTED = {
    module
    for folder in FOLDERS
    for path in folder.glob("test_*.py")
    for node in ast.walk(ast.parse(path.read_text()))
    if isinstance(node, ast.FunctionDef)
    for module in modules_of(node)
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_a_test_of_its_name_or_a_reason(name: str) -> None:
    assert (name in TESTED) is not (name in NOT_HERE)


def test_the_reasons_are_about_modules() -> None:
    assert set(NOT_HERE) <= set(MODULES)
