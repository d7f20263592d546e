"""Markdown out of values: tables, and docstrings as the code has them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table. A line break or a bar in a cell does not end it."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines) + "\n"


def code(text: str) -> str:
    """Return a text as code in a sentence."""
    return f"`{text}`" if text else ""


def docstring(thing: object) -> str:
    """Return the docstring of a thing as Markdown: its own, not one it inherits."""
    text = inspect.cleandoc(getattr(thing, "__doc__", None) or "")
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text)
    return re.sub(r"(?m)::$", ":", re.sub(r"(?m)^::$", "", text))


def first_sentence(text: str) -> str:
    """Return the first paragraph in one line."""
    return " ".join(text.partition("\n\n")[0].split())


def _cell(text: str) -> str:
    return text.replace("\n", " ").replace("|", "\\|")
