"""Every key of ``OAUTHCORE``: its type, its default and its sentence, out of ``conf/keys.py``."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any

from docs_site.from_code.comments import described_names
from docs_site.from_code.markdown import code, table
from oauthcore.conf import keys


def page() -> str:
    """Return the page."""
    sentences = described_names(keys)
    rows = [
        (code(one.name), code(str(one.type)), code(repr(_default(one))), sentences[one.name])
        for one in fields(keys.Keys)
    ]
    return (
        "# Settings, read from the code\n\n"
        "Every key of `OAUTHCORE`, in the order of the code, with its type. Times are whole seconds.\n"
        "[Settings](settings.md) says more about each.\n\n"
        + table(("key", "type", "default", "what it is"), rows)
    )


def _default(one: Field[Any]) -> Any:
    return one.default if one.default_factory is MISSING else one.default_factory()
