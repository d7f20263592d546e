"""Sphinx makes the pages; a page that it warns of is not built."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from io import StringIO
from pathlib import Path
from typing import Any

from docs_site.sources import ROOT, write_sources
from docs_site.strict import without_inline, without_source_maps

OWN_FILES = Path(__file__).parent / "static"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
#: What Sphinx needs to know. There is no conf.py, so that the pages in docs/ stay plain Markdown.
CONFIGURATION: dict[str, Any] = {
    "project": "oauthcore",
    "author": "The oauthcore contributors",
    "copyright": "the oauthcore contributors",
    "release": VERSION,
    "extensions": ["myst_parser"],
    "root_doc": "index",
    "language": "en",
    "html_theme": "furo",
    "html_title": f"oauthcore {VERSION}",
    "html_favicon": str(ROOT / "oauthcore/static/oauthcore/favicon.svg"),
    "html_static_path": [str(OWN_FILES)],
    "html_css_files": ["site.css"],
    "html_search_scorer": str(Path(__file__).parent / "scorer.js"),
    "html_copy_source": False,
    "html_show_sourcelink": False,
    "html_show_sphinx": False,
    "html_use_index": False,
    "html_theme_options": {"top_of_page_buttons": []},
    "myst_heading_anchors": 6,
}


class Unbuilt(Exception):
    """Sphinx warned, or failed: the text says of what."""


def build(folder: Path) -> None:
    """Build the site into a folder, in place of what lay there."""
    with tempfile.TemporaryDirectory() as workplace:
        sources, built = Path(workplace, "sources"), Path(workplace, "built")
        sources.mkdir()
        write_sources(sources)
        _sphinx(sources, built, Path(workplace, "read"))
        without_inline(built)
        without_source_maps(built)
        shutil.rmtree(built / "_sources", ignore_errors=True)
        (built / ".buildinfo").unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(built, folder)


def _sphinx(sources: Path, built: Path, read: Path) -> None:
    from pygments.lexers.special import TextLexer
    from sphinx.application import Sphinx

    warnings = StringIO()
    app = Sphinx(
        srcdir=sources,
        confdir=None,
        outdir=built,
        doctreedir=read,
        buildername="html",
        confoverrides=CONFIGURATION,
        status=None,
        warning=warnings,
    )
    app.add_lexer("regex", TextLexer)  # a code host has colours for it, Pygments has none
    app.build()
    if app.statuscode or warnings.getvalue():
        raise Unbuilt(warnings.getvalue().replace(f"{sources}/", "docs/"))
