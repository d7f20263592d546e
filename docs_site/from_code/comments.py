"""The comments that describe a name: ``#:`` in the lines above it."""

from __future__ import annotations

import inspect
import re
from types import ModuleType

COMMENT = re.compile(r"((?:^ *#: .*\n)+) *(\w+)\b(?:: ([^=\n]+?))? *=", re.MULTILINE)


def described_names(module: ModuleType) -> dict[str, str]:
    """Return what the comments of a module say of its names, in one line each."""
    found = COMMENT.findall(inspect.getsource(module))
    return {name: " ".join(re.findall(r"#: (.*)", lines)) for lines, name, _ in found}
