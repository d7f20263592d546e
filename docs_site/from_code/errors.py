"""Every refusal: its code, its status and its text."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

from docs_site.from_code.markdown import code, docstring, first_sentence, table
from oauthcore import api, flows, pages, rules
from oauthcore.errors import OAuthError


def page() -> str:
    """Return the page."""
    rows = sorted(
        {
            (code(kind.error), str(kind.status), kind.text or "", first_sentence(docstring(kind)))
            for kind in kinds()
        }
    )
    return (
        "# Errors, read from the code\n\n"
        "Every kind of refusal. Where the text is empty, each refusal has its own.\n"
        "[Errors](errors.md) says when each happens, and how to fix it.\n\n"
        + table(("code", "status", "text", "what it is"), rows)
    )


def kinds() -> Iterator[type[OAuthError]]:
    """Yield every class of refusals that oauthcore has."""
    for part in (rules, flows, api, pages):
        for module in walk_packages(part.__path__, f"{part.__name__}."):
            import_module(module.name)
    waiting: list[type[OAuthError]] = [OAuthError]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if kind.__module__.startswith("oauthcore."):
            yield kind
