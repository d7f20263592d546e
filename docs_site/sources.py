"""The pages as Sphinx reads them: those of ``docs/``, those at the top, and those read from the code.

``docs/README.md`` is the front page. Each of its sections is a group in the navigation.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from docs_site.from_code import GENERATED

ROOT = Path(__file__).resolve().parent.parent
FRONT_PAGE = "README.md"
#: Pages at the top of the project, and what they are called on the site.
AT_THE_TOP = {
    "README.md": "readme.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
    "LICENSE": "licence.md",
}
#: Lists in which every word stands, so that a search would always lead to them first.
UNSEARCHED = ("conformance.md", "changelog.md")
LINK = re.compile(r"\]\(([^)\s#]*)(#[^)\s]*)?\)")
CODE = re.compile(r"(?ms)^( *)```.*?^\1```$")


def write_sources(folder: Path) -> None:
    """Write every page into a folder, and the pictures of ``docs/`` beside them."""
    for name, text in pages().items():
        (folder / name).write_text(text)
    for picture in (ROOT / "docs").rglob("*.svg"):
        copy = folder / picture.relative_to(ROOT / "docs")
        copy.parent.mkdir(exist_ok=True)
        shutil.copy(picture, copy)


def pages() -> dict[str, str]:
    """Return the text of each page, by the name of its file on the site."""
    written = {page.name: page.read_text() for page in sorted((ROOT / "docs").glob("*.md"))}
    front = written.pop(FRONT_PAGE)
    found = {name: _linked(text, "docs") for name, text in written.items()}
    found |= {name: _linked(_as_page(path), "") for path, name in AT_THE_TOP.items()}
    generated = {name: make() for name, make in GENERATED.items()}
    for name, text in generated.items():
        explained = named_in(text)[0]
        found[explained] += f"\n## As the code has it\n\n[{_title(text)}]({name}) is made from the code.\n"
    for name in UNSEARCHED:
        found[name] = f"---\nnosearch: true\n---\n\n{found[name]}"
    found["index.md"] = _with_groups(front, generated)
    return found | generated


def named_in(text: str) -> list[str]:
    """Return the pages that a text links to, in its order."""
    return [target for target, _ in LINK.findall(text) if target.endswith(".md") and "://" not in target]


def _title(text: str) -> str:
    return text.partition("\n")[0].removeprefix("# ")


def _as_page(path: str) -> str:
    text = (ROOT / path).read_text()
    return text if path.endswith(".md") else f"# Licence\n\n```text\n{text}```\n"


def _linked(text: str, folder: str) -> str:
    """Return the text with its links as they are on the site, where all pages lie in one folder."""

    def rewritten(match: re.Match[str]) -> str:
        target, anchor = match[1], match[2] or ""
        if "://" in target or target.startswith("mailto:") or not target:
            return match[0]
        return f"]({_on_the_site(target, folder)}{anchor})"

    pieces, at = [], 0
    for block in CODE.finditer(text):
        pieces += [LINK.sub(rewritten, text[at : block.start()]), block[0]]
        at = block.end()
    return "".join([*pieces, LINK.sub(rewritten, text[at:])])


def _on_the_site(target: str, folder: str) -> str:
    """Return the name on the site of a file that a page in a folder links to."""
    path = (ROOT / folder / target).resolve()
    if path in (ROOT / "docs", ROOT / "docs" / FRONT_PAGE):
        return "index.md"
    if path.parent == ROOT / "docs":
        return path.name
    return AT_THE_TOP.get(str(path.relative_to(ROOT)), target)


def groups(front: str) -> dict[str, list[str]]:
    """Return the pages that each section of the front page names first, by its heading."""
    seen: set[str] = set()
    found: dict[str, list[str]] = {}
    for heading, text in re.findall(r"(?ms)^## (.*?)\n(.*?)(?=^## |\Z)", _linked(front, "docs")):
        named = named_in(text)
        found[heading] = [one for one in dict.fromkeys(named) if one not in seen]
        seen.update(named)
    return {heading: names for heading, names in found.items() if names}


def _with_groups(front: str, generated: dict[str, str]) -> str:
    """Return the front page with the generated pages, and with a tree of pages for each of its groups."""
    made = "".join(f"- [{_title(text)}]({name})\n" for name, text in generated.items())
    front += f"\n## Read from the code\n\nThese pages are made from the code with the site.\n\n{made}"
    trees = [
        f"\n```{{toctree}}\n:hidden:\n:caption: {heading}\n\n"
        + "\n".join(one.removesuffix(".md") for one in named)
        + "\n```\n"
        for heading, named in groups(front).items()
    ]
    return _linked(front, "docs") + "".join(trees)
