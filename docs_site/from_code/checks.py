"""Every system check: its number, what it looks at, and where it is."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from docs_site.from_code.markdown import code, first_sentence, table
from oauthcore import checks

NUMBER = re.compile(r"oauthcore\.([EW])\d{3}")


def page() -> str:
    """Return the page."""
    rows = sorted(
        (
            (code(number), "error" if ".E" in number else "warning", sentence, code(module))
            for number, sentence, module in _numbers()
        ),
    )
    return (
        "# System checks, read from the code\n\n"
        "The sentence is that of the function which finds the fault.\n"
        "[System checks](checks.md) says what is wrong, and what to do about it.\n\n"
        + table(("id", "level", "what is checked", "where"), rows)
    )


def _numbers() -> Iterator[tuple[str, str, str]]:
    seen: set[str] = set()
    for info in iter_modules(checks.__path__):
        module = import_module(f"oauthcore.checks.{info.name}")
        tree = ast.parse(inspect.getsource(module))
        about = ast.get_docstring(tree) or ""
        for function in [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]:
            for number in _in(function) - seen:
                seen.add(number)
                yield number, first_sentence(ast.get_docstring(function) or about), module.__name__
        for number in _in(tree) - seen:
            seen.add(number)
            yield number, first_sentence(about), module.__name__


def _in(node: ast.AST) -> set[str]:
    texts = [
        one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    return {match[0] for text in texts for match in NUMBER.finditer(text)}
