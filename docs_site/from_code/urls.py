"""Every route, with its name and its view."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

from django.urls import URLPattern

from docs_site.from_code.imports import public_names
from docs_site.from_code.markdown import code, docstring, first_sentence, table


def page() -> str:
    """Return the page."""
    introduction = (
        "# Routes, read from the code\n\n"
        "Every URLconf that a site may include, with the path, the name and the view of each route.\n"
        "[Endpoints](endpoints.md) says who may call which, with what methods and parameters.\n"
    )
    parts = [introduction]
    named = [name for names in public_names().values() for name in names]
    for name in [name for name in named if name.startswith("oauthcore.urls")]:
        patterns: list[URLPattern] = import_module(name).urlpatterns
        rows = [(code(f"/{one.pattern}"), code(one.name or ""), _about(one.callback)) for one in patterns]
        parts.append(f"## `{name}`\n\n{table(('path', 'name', 'what it is'), rows)}")
    return "\n".join(parts)


def _about(view: Any) -> str:
    thing = inspect.unwrap(view)
    kind = getattr(thing, "cls", None) or getattr(thing, "view_class", None) or thing
    return first_sentence(docstring(kind))
