"""What keeps people from using a page: barriers that axe knows, and having to scroll sideways.

A click on a link or a button comes back before the next page is there. What is then asked of "the page" may
be asked of the old one, of the new one, or of none: while one document takes the place of another there is
nothing to evaluate in. Everything in this folder therefore waits for what only the next page has (``expect``
and ``wait_for_url`` ask again until it is so) before it evaluates a script, reads the page or its address, or
looks into the database. ``barriers`` is given such a thing and waits for it itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, ViewportSize, expect

SCREENS: dict[str, ViewportSize] = {
    "phone": {"width": 390, "height": 844},
    "desk": {"width": 1280, "height": 900},
}


@dataclass(frozen=True)
class Look:
    """How somebody has the page before them: on which screen, and in which colours."""

    screen: Literal["phone", "desk"]
    scheme: Literal["light", "dark"]

    def put_on(self, page: Page) -> None:
        page.set_viewport_size(SCREENS[self.screen])
        page.emulate_media(color_scheme=self.scheme)

    def __str__(self) -> str:
        return f"{self.screen}-{self.scheme}"


# Contrast depends on the colours and layout on the width, and neither on the other: two looks show all four.
in_every_look = pytest.mark.parametrize("look", [Look("desk", "light"), Look("phone", "dark")], ids=str)


def barriers(page: Page, shows: Locator, *, within: dict[str, Any] | None = None) -> list[str]:
    """Return what is in people's way on the page, best nothing, once all of it is loaded.

    ``shows`` is something that this page has and the one before it had not: seeing it tells that the new
    document is there, and from then on the state of loading is the new document's. ``within`` is axe's
    context, by itself the whole page. That nothing sticks out at the side is looked at in both directions of
    writing; the page is left in its own.
    """
    expect(shows).to_be_visible()
    page.wait_for_load_state("load")
    found = Axe().run(page, context=within).response["violations"]
    said = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]
    return said + [f"scrolls sideways, {direction}" for direction in _sideways(page)]


def _sideways(page: Page) -> list[str]:
    """Return the directions of writing in which something sticks out of the screen."""
    sideways: list[str] = page.evaluate(
        """() => {
            const root = document.documentElement, before = root.dir;
            const found = ["ltr", "rtl"].filter(direction => {
                root.dir = direction;
                return root.scrollWidth > innerWidth;
            });
            root.dir = before;
            return found;
        }"""
    )
    return sideways
