"""Writing the figures into the pages."""

from __future__ import annotations

import re

from benchmarks.pages.field_tables import BLOCKS
from benchmarks.pages.figures import ROOT, Figures
from benchmarks.pages.plots import draw_all, of_part

PAGES = ("docs/performance.md", "README.md")
_BLOCK = re.compile(r"(?s)(<!-- figures: (\S+) -->\n).*?(<!-- end of figures -->)")


def write(figures: Figures) -> None:
    """Draw the plots, and write tables and sentences into the pages that have a place for them."""
    draw_all(figures)
    for name in PAGES:
        page = ROOT / name
        page.write_text(with_figures(page.read_text(), figures))


def with_figures(text: str, figures: Figures) -> str:
    """Return a page with these figures in its places."""

    def block(match: re.Match[str]) -> str:
        parts = [of_part(match[2], figures), BLOCKS[match[2]](figures)]
        inside = "\n\n".join(part for part in parts if part)
        return f"{match[1]}\n{inside}\n\n{match[3]}"

    return _BLOCK.sub(block, text)
