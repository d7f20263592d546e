"""The page of the names that a site may import, and what Python source imports of oauthcore."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.support.dotted_names import DOTTED
from tests.support.markdown import PAGES, rows

NAMED = {row[0].strip("`"): row for row in rows(PAGES["public-imports.md"])}


def imported(source: str) -> Iterator[str]:
    """Yield each name of oauthcore that Python source imports, or names in a text such as a setting."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith("oauthcore"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "oauthcore":
            yield from (f"{node.module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
            yield from DOTTED.findall(node.value)
