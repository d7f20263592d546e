"""The figures of the pages are those that were measured last, and nobody edits them by hand."""

from __future__ import annotations

import re

import pytest

from benchmarks.pages.figures import FOLDER, kept
from benchmarks.pages.plots import PLOTS
from benchmarks.pages.write import PAGES, with_figures
from tests.support.source_files import ROOT

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

FIGURES = kept()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_figures_that_are_kept(name):
    text = (ROOT / name).read_text()

    assert "<!-- figures: " in text
    assert text == with_figures(text, FIGURES), "python -m benchmarks.pages writes them"


def test_a_figure_that_was_edited_by_hand_is_found():
    text = (ROOT / "docs/performance.md").read_text()
    edited = text.replace(" µs | ratio |", " µs | ratio, roughly |", 1)

    assert edited != text
    assert with_figures(edited, FIGURES) == text


def test_every_plot_was_drawn_from_the_figures_that_are_kept():
    drawn = {plot.name: plot for plot in PLOTS if plot.shown(FIGURES)}

    assert drawn
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(drawn)
    for name, plot in drawn.items():
        assert plot.stamp(FIGURES) in (FOLDER / f"{name}.svg").read_text(), "python -m benchmarks.pages"


def test_every_plot_says_in_words_what_it_shows_and_loads_nothing():
    page = (ROOT / "docs/performance.md").read_text()

    for path in FOLDER.glob("*.svg"):
        text = path.read_text()
        words = re.search(r"<title>(.+)</title>", text)
        assert words is not None
        assert f"![{words[1].replace('&#x27;', chr(39))}](performance/{path.name})" in page
        assert "prefers-color-scheme: dark" in text
        assert not re.search(r"<script|<image|@import|url\((?!#)|href=\"(?!#)", text)
