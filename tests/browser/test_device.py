"""The device page in a real browser: typing, pasting, a link, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.devices.television import PAGE, Television, Viewer
from tests.support.factories import UserFactory


@pytest.fixture
def television(site: LiveServer) -> Television:
    television = Television()
    television.begin(scope="read api.images.read")
    return television


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def any_page(request: pytest.FixtureRequest, browser: Browser, site: LiveServer) -> Iterator[Page]:
    """Ada's browser, in which she is logged in."""
    context = browser.new_context(java_script_enabled=request.param, locale="en-GB")
    log_in(context.new_page(), site)
    yield context.pages[0]
    context.close()


def log_in(page: Page, site: LiveServer) -> None:
    (cookie,) = Viewer(UserFactory(username="ada")).browser.cookies.values()
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site.url}])


def test_somebody_types_the_code_in_small_letters_and_allows(any_page: Page, site, television) -> None:
    any_page.goto(f"{site.url}{PAGE}")
    expect(any_page.get_by_label("Code on your device")).to_be_focused()
    any_page.keyboard.type(television.user_code.lower().replace("-", ""))
    any_page.keyboard.press("Enter")

    expect(any_page.get_by_text(television.user_code)).to_be_visible()
    expect(any_page.get_by_role("heading", level=1)).to_have_text("Living Room wants to use your account")
    any_page.get_by_role("button", name="Allow").click()

    expect(any_page.get_by_role("heading", level=1)).to_have_text("Go back to your device")
    expect(any_page.get_by_role("status")).to_contain_text("Your device continues")
    assert television.poll().status_code == 200


def test_a_link_fills_it_in_and_a_pasted_line_replaces_it(any_page: Page, site, television) -> None:
    any_page.goto(f"{site.url}{PAGE}?user_code=BBBB-BBBB")
    field = any_page.get_by_label("Code on your device")
    expect(field).to_have_value("BBBB-BBBB")
    any_page.get_by_role("button", name="Continue").click()
    expect(any_page.get_by_role("alert")).to_contain_text("No device waits for this code")
    field.fill(f"  {television.user_code} \u2013 ")
    any_page.keyboard.press("Enter")

    any_page.get_by_role("button", name="Cancel").click()

    expect(any_page.get_by_role("status")).to_contain_text("no access")
    assert television.error() == "access_denied"


@in_every_look
def test_nothing_stands_in_anybodys_way(look: Look, page: Page, site, television) -> None:
    log_in(page, site)
    look.put_on(page)
    page.goto(f"{site.url}{PAGE}?user_code={television.user_code}")
    assert barriers(page, page.get_by_role("heading", name="Connect a device")) == []
    page.get_by_role("button", name="Continue").click()
    assert barriers(page, page.get_by_role("button", name="Allow")) == []
    page.get_by_role("button", name="Allow").click()
    assert barriers(page, page.get_by_role("heading", name="Go back to your device")) == []
