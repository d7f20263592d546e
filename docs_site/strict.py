"""What a Content-Security-Policy refuses leaves the pages: scripts and styles that stand in them."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

#: How a page of the theme says something inline, and how it says the same otherwise.
OTHERWISE = {' style="display: none;"': " hidden", ' style="opacity: 50%"': ' opacity="0.5"'}
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
SOURCE_MAP = re.compile(r"\n?/[/*]# sourceMappingURL=[^\n]*")


def without_inline(built: Path) -> None:
    """Move what is inline in the pages of a folder into files that they share."""
    for page in built.rglob("*.html"):
        text = page.read_text()
        for inline, other in OTHERWISE.items():
            text = text.replace(inline, other)
        text = SCRIPT.sub(lambda match: f'<script src="{_kept(built, match[1], "js")}"></script>', text)
        text = STYLE.sub(
            lambda match: f'<link rel="stylesheet" href="{_kept(built, match[1], "css")}">', text
        )
        page.write_text(text)


def without_source_maps(built: Path) -> None:
    """Remove the files for people who work on the theme, and the lines that name them."""
    for path in (built / "_static").rglob("*.*"):
        if path.suffix == ".map":
            path.unlink()
        elif path.suffix in (".js", ".css"):
            path.write_text(SOURCE_MAP.sub("", path.read_text()))


def _kept(built: Path, text: str, suffix: str) -> str:
    name = f"_static/from-page-{sha256(text.encode()).hexdigest()[:12]}.{suffix}"
    (built / name).write_text(text.strip() + "\n")
    return name
