"""No page scrolls sideways, breaks words letter by letter or lets text stick out of its panel.

WCAG 1.4.4 and 1.4.10.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.support.browser.gallery import PARTS, Shown, on_every_page, show
from tests.support.browser.reflow import SIDEWAYS, WORDS, put_on

#: Widths of the screen in pixels, and of a rem: 32 is text at twice its size.
WIDTHS_AND_LETTERS = [(320, 16), (640, 16), (760, 16), (640, 32), (760, 32)]
#: No screen is so narrow for letters so large; words have to break there, and still nothing may be cut off.
NARROWEST = (320, 32)


@on_every_page
def test_no_page_scrolls_sideways_or_breaks_a_word_on_a_narrow_screen_or_in_large_letters(
    page: Page, site: LiveServer, pages: Callable[[], Iterator[Shown]]
) -> None:
    found = []
    for name, response in pages():
        show(page, site, response)
        for width, letters in WIDTHS_AND_LETTERS:
            put_on(page, width, letters)
            said = page.evaluate(SIDEWAYS) + page.evaluate(WORDS)
            found += [f"{name}, {width} px, {letters} px letters: {one}" for one in said]
        put_on(page, *NARROWEST)
        found += [f"{name}, narrowest: {one}" for one in page.evaluate(SIDEWAYS)]

    assert found == []


def test_tables_are_cards_below_50_rem_of_screen(page: Page, site: LiveServer) -> None:
    shown = dict(PARTS["one application"]())
    show(page, site, shown["application, two secrets"])
    row = page.locator(".table tbody tr").first

    for width, display in ((320, "grid"), (760, "grid"), (799, "grid"), (800, "table-row")):
        page.set_viewport_size({"width": width, "height": 900})
        expect(row).to_have_css("display", display)
