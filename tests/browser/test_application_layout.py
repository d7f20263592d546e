"""How the pages of one application are laid out: rows that stay rows, on a phone too."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.support.browser.barriers import SCREENS
from tests.support.browser.developing import log_in
from tests.support.factories import UserFactory
from tests.support.pages.developer import LIST, Developer


@pytest.fixture
def grace(site: LiveServer) -> Developer:
    return Developer(UserFactory(username="grace"))


@pytest.fixture
def desk(page: Page, site: LiveServer, grace: Developer) -> Page:
    """The browser of a developer who is logged in."""
    log_in(page, grace, site)
    return page


@pytest.mark.parametrize("width", [390, 640, 800])
def test_a_narrow_screen_has_one_row_of_links_and_the_keyboard_reaches_its_end(
    desk: Page, site: LiveServer, grace: Developer, settings: Any, width: int
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": True, "OPENID_CONNECT": True}
    desk.set_viewport_size({"width": width, "height": 844})
    desk.goto(f"{site.url}{LIST}{grace.has(scopes=['openid', 'read']).pk}/")
    tabs = desk.get_by_role("navigation", name="Pages of this application").get_by_role("link")

    assert len({round(one["y"]) for one in (tabs.nth(i).bounding_box() for i in range(7)) if one}) == 1
    tabs.first.focus()
    for _ in range(6):
        desk.keyboard.press("Tab")

    expect(tabs.last).to_be_focused()
    expect(tabs.last).to_be_in_viewport(ratio=1)


def test_the_end_of_a_secret_and_its_times_are_each_on_one_line(
    desk: Page, site: LiveServer, grace: Developer
) -> None:
    application = grace.has()
    grace.rotate(application, overlap=86400)
    for screen in SCREENS.values():
        desk.set_viewport_size(screen)
        desk.goto(f"{site.url}{LIST}{application.pk}/secrets")
        for part in desk.locator(".secrets :is(td > code, td > time)").all():
            assert part.evaluate("one => one.getClientRects().length") == 1
