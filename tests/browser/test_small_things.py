"""What holds on every page: targets to be hit, gaps between buttons, a way past the header, light paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Consent
from tests.support.browser.barriers import SCREENS
from tests.support.browser.developing import log_in
from tests.support.browser.gallery import Shown, on_every_page, show
from tests.support.factories import UserFactory, bearer, device_session
from tests.support.pages.developer import LIST, Developer
from tests.support.pages.reading import text_of

# A target in a sentence may be as small as its letters (WCAG 2.5.8); a label is the target of its box.
TARGETS = """() => {
  const found = new Set(), all = "a, button, summary, input:not([type=hidden]), textarea, select";
  for (const one of document.querySelectorAll(all)) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.matches(".skip-link, :disabled")) continue;
    const isInSentence = one.matches("a") && [...one.parentElement.childNodes].some(
      other => other.nodeType === Node.TEXT_NODE && other.data.trim());
    const box = (one.closest("label") ?? one).getBoundingClientRect();
    if (!isInSentence && Math.min(box.width, box.height) < 24) {
      found.add(`${one.tagName} ${one.textContent.trim()} is ${box.width} × ${box.height}`);
    }
  }
  return [...found];
}"""

GAPS = """() => {
  const boxes = [...document.querySelectorAll(".button")].filter(one => one.checkVisibility()).map(
    one => [one.textContent.trim(), one.getBoundingClientRect()]);
  const found = [];
  for (const [i, [name, a]] of boxes.entries()) for (const [other, b] of boxes.slice(i + 1)) {
    const across = Math.max(a.left, b.left) - Math.min(a.right, b.right);
    const down = Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom);
    if (across < 8 && down < 8) found.push(`${name} and ${other}: ${across} × ${down}`);
  }
  return found;
}"""


@on_every_page
def test_targets_are_large_enough_and_buttons_apart_and_the_header_can_be_skipped(
    page: Page, site: LiveServer, pages: Callable[[], Iterator[Shown]]
) -> None:
    found = []
    for name, response in pages():
        show(page, site, response)
        for screen in SCREENS.values():
            page.set_viewport_size(screen)
            found += [f"{name}: {one}" for one in page.evaluate(TARGETS) + page.evaluate(GAPS)]
        skip = page.get_by_role("link", name="Skip to the content")
        skip.focus()
        expect(skip).to_be_in_viewport()
        skip.press("Enter")
        expect(page.locator("main")).to_be_focused()

    assert found == []


def test_paper_is_light_whatever_the_screen_is(page: Page, site: LiveServer) -> None:
    page.goto(f"{site.url}/login")
    page.emulate_media(color_scheme="dark")
    dark = page.locator("body").evaluate("one => getComputedStyle(one).backgroundColor")

    page.emulate_media(media="print", color_scheme="dark")

    expect(page.locator("body")).to_have_css("background-color", "rgb(238, 242, 247)")
    expect(page.locator("h1")).to_have_css("color", "rgb(18, 32, 47)")
    assert dark != "rgb(238, 242, 247)"


def test_every_icon_is_there_in_the_size_that_it_says(page: Page, site: LiveServer) -> None:
    page.goto(f"{site.url}/login")
    icons = page.locator("link[rel=icon], link[rel=apple-touch-icon]").evaluate_all(
        "all => all.map(one => [one.href, one.getAttribute('sizes')])"
    )

    assert [sizes for _, sizes in icons] == ["32x32", "any", None]
    for address, sizes in icons:
        width = page.evaluate(
            "async address => { const image = new Image(); image.src = address; await image.decode();"
            " return image.naturalWidth; }",
            address,
        )
        assert width == {"32x32": 32, None: 180}.get(sizes, width)


@pytest.fixture
def grace(site: LiveServer) -> Developer:
    return Developer(UserFactory(username="grace"))


def test_times_stand_in_the_zone_of_the_reader(browser: Browser, site: LiveServer, grace: Developer) -> None:
    application = grace.has()
    grace.rotate(application, overlap=86400)
    written = grace.see(application, "secrets").content.decode()
    assert "UTC</time>" in written

    context = browser.new_context(locale="en-GB", timezone_id="Pacific/Auckland")
    page = context.new_page()
    log_in(page, Developer(grace.user), site)
    page.goto(f"{site.url}{LIST}{application.pk}/secrets")
    ends = page.locator("time[data-time=minute]").first

    expect(ends).to_contain_text("GMT+1")
    assert "UTC" in (ends.get_attribute("title") or "")
    context.close()


def test_what_was_just_done_leaves_the_address(page: Page, site: LiveServer, grace: Developer) -> None:
    device_session(grace.user, label="Phone")
    log_in(page, grace, site)
    page.goto(f"{site.url}/oauth/connections/")
    page.locator("summary", has_text="Sign out").click()
    page.get_by_role("button", name="Sign out this device").click()

    expect(page.get_by_role("status")).to_contain_text("You have signed out")
    expect(page).not_to_have_url(re.compile("note="))


def test_a_button_that_has_copied_says_again_what_it_does(
    page: Page, site: LiveServer, grace: Developer
) -> None:
    application = grace.has()
    log_in(page, grace, site)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.clock.install()
    page.goto(f"{site.url}{LIST}{application.pk}/")
    copy = page.locator("[data-copy=client_id]")
    expect(copy).to_have_text("Copy")

    for _ in range(2):
        copy.click()
        expect(copy).to_have_text("Copied")
    page.clock.fast_forward(4000)

    expect(copy).to_have_text("Copy")


@pytest.mark.parametrize(
    ("path", "name", "current"),
    [
        ("/oauth/applications/", "For developers", "page"),
        ("/oauth/applications/new", "For developers", "true"),
        ("/oauth/security/passkeys/new", "Security", "true"),
    ],
)
def test_the_navigation_says_where_a_page_belongs(
    page: Page, site: LiveServer, grace: Developer, path: str, name: str, current: str
) -> None:
    log_in(page, grace, site)
    page.goto(f"{site.url}{path}")

    links = page.get_by_role("navigation", name="Your access").get_by_role("link")
    expect(links.filter(has_text=name)).to_have_attribute("aria-current", current)
    assert [one.get_attribute("aria-current") for one in links.all()].count(None) == 2


def test_letters_that_are_alike_have_the_colours_of_their_names(
    page: Page, site: LiveServer, grace: Developer
) -> None:
    colours: dict[str, Any] = {}
    for name in ("Photo Printer", "Photo Press", "Postcards", "Photo Printer"):
        page.goto("about:blank")
        show(page, site, grace.see(grace.has(name=name)))
        colour = page.locator(".monogram").evaluate("one => getComputedStyle(one).backgroundColor")
        assert colours.setdefault(name, colour) == colour

    assert len(set(colours.values())) > 1


@pytest.mark.parametrize("number", [0, 1, 2])
def test_figures_agree_with_their_words(grace: Developer, number: int) -> None:
    application = grace.has()
    for _ in range(number):
        user = UserFactory()
        bearer(user=user, application=application)
        Consent.objects.create(user=user, application=application, scopes=["read"])

    said = text_of(grace.see(application))

    assert ("person has approved it" in said) == (number == 1)
    assert ("people have approved it" in said) == (number != 1)
    assert ("live approvals" in said) == (number != 1)
