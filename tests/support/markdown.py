"""Our own pages, and how to read their Markdown: tables, links, headings and code blocks."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: The pages of docs/ by their file names.
PAGES = {page.name: page.read_text() for page in sorted((ROOT / "docs").glob("*.md"))}
#: These and the pages at the top, by their paths.
EVERYTHING = {f"docs/{name}": text for name, text in PAGES.items()} | {
    name: (ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")
}

Row = list[str]


def section(text: str, heading: str) -> str:
    """Return what stands under a heading, up to the next of the same level or above."""
    found = re.search(rf"(?ms)^(#+) {re.escape(heading)}\n(.*?)(?=^#{{1,2}} |\Z)", text)
    assert found is not None, f"there is no heading {heading}"
    return found[2]


def rows(text: str, heading: str = "") -> list[Row]:
    """Return the rows of all tables, under a heading or anywhere, without their heads."""
    lines = without_code(section(text, heading) if heading else text).splitlines()
    tables = [line for line in lines if line.startswith("|")]
    heads = {index - 1 for index, line in enumerate(tables) if re.match(r"\|[ -]+\|", line)}
    bodies = [line for index, line in enumerate(tables) if index not in heads and index - 1 not in heads]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in bodies]


def first_cells(text: str, heading: str = "", *, starts: tuple[str, ...] = ("",)) -> set[str]:
    """Return the names in the first column of tables; ``starts`` takes only those that begin so."""
    names = {row[0].strip("` ") for row in rows(text, heading)}
    return {name for name in names if name.startswith(starts)}


def code_blocks(text: str, language: str) -> list[str]:
    """Return the fenced blocks of a language, also those in lists."""
    blocks = re.findall(rf"(?ms)^( *)```{language}\n(.*?)^\1```$", text)
    return [re.sub(rf"(?m)^{indent}", "", block) for indent, block in blocks]


def without_code(text: str) -> str:
    """Return the text without its fenced blocks."""
    return re.sub(r"(?ms)^( *)```.*?^\1```$", "", text)


def links(text: str) -> list[str]:
    """Return the targets of links within the repository."""
    found = re.findall(r"\]\(([^)\s]+)\)", without_code(text))
    return [target for target in found if "://" not in target]


def anchors(text: str) -> set[str]:
    """Return what a link may name behind ``#``: the headings as forges write them."""
    headings = re.findall(r"(?m)^#+ (.*)$", without_code(text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def sentences(text: str) -> list[str]:
    """Return the sentences of paragraphs, list items and cells of tables, in words without their markup."""
    prose = re.sub(r"`[^`]*`", "it", re.sub(r"\]\([^)]*\)", "]", without_code(text)))
    prose = re.sub(r"(?m)^#.*$", "", prose)
    parts = re.split(r"(?m)\n\s*\n|^\s*(?:[-*]|\d+\.) |^\||\|$| \| ", prose)
    found = [one for part in parts for one in re.split(r"(?<=[.!?])\s+", part)]
    return [one for one in found if len(one.split()) > 3]
