"""How the code is divided: its layers and rooms, its Python files, and what each imports."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "oauthcore"

# The layers, from the bottom: a part may import itself and what stands in a layer below its own, but nothing
# beside or above it (docs/design.md draws them). Parts are the folders and modules of oauthcore.
LAYERS = (
    {"rules", "signals", "second_factor"},
    {"accounts", "claims", "errors"},
    {"conf"},
    {"request_context", "templatetags"},
    {
        "addresses",
        "bodies",
        "converters",
        "languages",
        "logging",
        "observing",
        "outgoing",
        "silence",
        "tracing",
    },
    {"models", "mysql", "postgresql"},
    {"limiter"},
    {"recording"},
    {"flows"},
    {"api", "pages", "admin", "management"},
    {"applications", "asgi", "middleware", "urls"},
    {"testing"},
    {"checks", "pytest_plugin"},
    {"apps"},
)

# The rooms of the flows, each with the rooms it may import. No arrow goes both ways, and none leads back.
ROOMS = {
    **{room: set() for room in ("keys", "tokens", "passwords")},
    "service_tokens": {"tokens"},
    "oidc": {"tokens"},
    "oauth": {"tokens", "passwords", "oidc"},
    "logout": {"oauth", "oidc"},
    "applications": {"oauth"},
    "second_factor": {"passwords"},
    "sign_in": {"tokens", "passwords", "second_factor"},
    "connections": {"tokens", "sign_in"},
    "notices": {"tokens", "service_tokens"},
    "upkeep": {"tokens", "applications"},
    "doctor": {"service_tokens"},
    "dialects": {"tokens", "oauth", "connections"},
    "imports": {"tokens", "service_tokens"},
}


def python_files(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.py")) if folder.is_dir() else [folder]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def imported(path: Path) -> list[str]:
    """Return the dotted name of each thing imported anywhere in a file, except for type checkers only."""
    tree = ast.parse(path.read_text())
    skipped = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for statement in block.body
        for node in ast.walk(statement)
    }
    names = []
    for node in (one for one in ast.walk(tree) if id(one) not in skipped):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names
