"""The code blocks of every page, with where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.support.markdown import EVERYTHING

FENCE = re.compile(r"(?ms)(?:^ *<!-- not run: ([^\n]*?) -->\n)?^( *)```([^\n]*)\n(.*?)^\2```$")


@dataclass(frozen=True)
class Block:
    """One fenced block. ``not_run`` is the reason that the page gives in a comment above it, best none."""

    page: str
    line: int
    language: str
    text: str
    not_run: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str:
        """The file that the block is, as its first line says, or nothing."""
        found = re.match(r"# ([\w/]+\.py)\n", self.text)
        return found[1] if found else ""


def _read(page: str, text: str) -> list[Block]:
    return [
        Block(
            page,
            text.count("\n", 0, found.start(2)) + 1,
            found[3],
            re.sub(rf"(?m)^{found[2]}", "", found[4]),
            found[1] or "",
        )
        for found in FENCE.finditer(text)
    ]


BLOCKS = [block for page, text in EVERYTHING.items() for block in _read(page, text)]


def blocks_of(page: str, *languages: str) -> list[Block]:
    """Return the blocks of a page in these languages, in their order."""
    return [one for one in BLOCKS if one.page == page and one.language in languages]


def pages_with(*languages: str) -> list[str]:
    """Return the pages that have a block in one of these languages."""
    return sorted({one.page for one in BLOCKS if one.language in languages})
