"""Every name that a site may import, with its signature and its docstring."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any

from django.db.models import Model

from docs_site.from_code.markdown import docstring

PUBLIC = Path(__file__).resolve().parents[2] / "docs" / "public-imports.md"
#: The longest line of a signature that every screen shows whole.
WIDTH = 70


def page() -> str:
    """Return the page."""
    introduction = (
        "# Imports, read from the code\n\n"
        "Every name that a site may import, with its signature and what the code says of it.\n"
        "[Imports](public-imports.md) lists them with the pages that explain them.\n"
    )
    parts = [introduction]
    for heading, names in public_names().items():
        parts += [f"## {heading}\n", *map(_section, names)]
    return "\n".join(parts)


def public_names() -> dict[str, list[str]]:
    """Return the dotted names that the page of public imports has, by its headings."""
    found: dict[str, list[str]] = {}
    for heading, text in re.findall(r"(?ms)^## (.*?)\n(.*?)(?=^## |\Z)", PUBLIC.read_text()):
        if names := re.findall(r"(?m)^\| `(oauthcore[\w.]*)` \|", text):
            found[heading] = names
    return found


def _section(name: str) -> str:
    thing = _resolved(name)
    parts = [f"### `{name}`\n"]
    if callable(thing) and not (inspect.isclass(thing) and issubclass(thing, Model)):
        parts.append(_code(_signature(name.rpartition(".")[2], thing)))
    text = (
        docstring(thing)
        if inspect.isclass(thing) or inspect.isroutine(thing) or inspect.ismodule(thing)
        else ""
    )
    parts.append(f"{text}\n")
    if inspect.isclass(thing):
        parts += [_method(name, one) for name, one in sorted(vars(thing).items()) if _is_public(name, one)]
    return "\n".join(parts)


def _is_public(name: str, thing: Any) -> bool:
    function = thing.__func__ if isinstance(thing, classmethod | staticmethod) else thing
    return not name.startswith("_") and inspect.isfunction(function) and bool(function.__doc__)


def _method(name: str, thing: Any) -> str:
    function = thing.__func__ if isinstance(thing, classmethod | staticmethod) else thing
    return _code(_signature(name, function)) + f"\n{docstring(function)}\n"


def _signature(name: str, thing: Any) -> str:
    """Return a signature as it is called, one parameter to a line where one line would be long."""
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return f"{name}(…)"
    text = f"{name}{signature}".replace("'", "")
    if len(text) <= WIDTH or not signature.parameters:
        return text
    inner, _, returned = text.removeprefix(f"{name}(").rpartition(")")
    parameters = "".join(f"    {one},\n" for one in _parts(inner))
    return f"{name}(\n{parameters}){returned}"


def _parts(inner: str) -> list[str]:
    """Split at the commas that stand in no bracket."""
    parts, depth = [""], 0
    for letter in inner:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return [one.strip() for one in parts]


def _code(text: str) -> str:
    return f"```text\n{text}\n```\n"


def _resolved(dotted: str) -> Any:
    """Return what a dotted name stands for, importing as far as modules go."""
    first, *parts = dotted.split(".")
    found: Any = import_module(first)
    for part in parts:
        try:
            found = getattr(found, part)
        except AttributeError:
            found = import_module(f"{found.__name__}.{part}")
    return found
