"""Pages that are made from the code, by their names."""

from __future__ import annotations

from collections.abc import Callable

from docs_site.from_code import checks, commands, errors, imports, scopes, settings, signals, urls

GENERATED: dict[str, Callable[[], str]] = {
    "code-settings.md": settings.page,
    "code-imports.md": imports.page,
    "code-commands.md": commands.page,
    "code-urls.md": urls.page,
    "code-errors.md": errors.page,
    "code-scopes.md": scopes.page,
    "code-signals.md": signals.page,
    "code-checks.md": checks.page,
}
