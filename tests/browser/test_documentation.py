"""The documentation that the reference site serves, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.support.docs_site import built_once

WIDTHS = (390, 640, 1280)


@pytest.fixture
def docs(site: LiveServer, settings: Settings, page: Page, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The front page of the documentation. What the browser refuses to load or to run fails the test."""
    settings.DOCS_ROOT = str(built_once(tmp_path_factory))
    page.goto(f"{site.url}/docs/")
    return page


def test_the_search_finds_a_page_and_shows_where_the_word_stands(docs):
    complaints: list[str] = []
    docs.on("console", lambda message: complaints.append(message.text))
    docs.get_by_placeholder("Search").fill("introspection")
    docs.get_by_placeholder("Search").press("Enter")

    found = docs.locator("#search-results li")
    expect(found.filter(has=docs.get_by_role("link", name="Endpoints"))).to_contain_text("introspect")
    docs.get_by_role("link", name="Endpoints").last.click()

    expect(docs.get_by_role("heading", name="Endpoints", level=1)).to_be_visible()
    assert complaints == []


def test_the_search_puts_a_page_with_this_title_first_and_lists_from_the_code_after_pages(docs):
    for asked, first in (("service token", "Service tokens"), ("knox", "Moving from Knox")):
        docs.get_by_placeholder("Search").last.fill(asked)
        docs.get_by_placeholder("Search").last.press("Enter")

        expect(docs.locator("#search-results li").first).to_contain_text(first)
        expect(docs.locator(".search-summary")).to_contain_text("Search finished")


def test_no_page_scrolls_sideways_on_a_phone_a_tablet_or_a_desk(docs):
    for name in ("index", "settings", "code-imports", "wire"):
        docs.goto(docs.url.rpartition("/")[0] + f"/{name}.html")
        for width in WIDTHS:
            docs.set_viewport_size({"width": width, "height": 900})
            assert docs.evaluate("document.documentElement.scrollWidth") <= width, (name, width)


def test_a_site_without_the_documentation_says_how_to_build_it(
    site: LiveServer, settings: Settings, page: Page, tmp_path: Path
):
    settings.DOCS_ROOT = str(tmp_path)
    answer = page.goto(f"{site.url}/docs/")

    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_text("make docs")).to_be_visible()
