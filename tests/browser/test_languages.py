"""Pages in other languages in a real browser: mirrored in Arabic, wide enough for German."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.support.browser.barriers import barriers
from tests.support.browser.gallery import PARTS, show
from tests.support.browser.reflow import SIDEWAYS, WORDS, put_on
from tests.support.factories import UserFactory, device_session, register
from tests.support.oauth import OAuthClient


def shown_in(language: str, page: Page, site: LiveServer, path: str, user: Any) -> None:
    client = Client(headers={"accept-language": language})
    client.force_login(user)
    show(page, site, client.get(path))


def test_a_consent_page_in_arabic_is_mirrored_and_has_no_barrier_that_axe_knows(
    page: Page, site: LiveServer
) -> None:
    client = Client()
    client.force_login(UserFactory(username="ada"))
    asking = OAuthClient(register(name="Photo Printer", scopes=["read"]), client)

    show(page, site, asking.authorize(ui_locales="ar", scope="read"))

    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    cancel, allow = (page.locator(f"button[value={value}]").bounding_box() for value in ("deny", "approve"))
    assert cancel is not None
    assert allow is not None
    assert allow["x"] < cancel["x"], "the way on is to the left"
    expect(page.locator(".host").first).to_have_css("direction", "ltr")
    assert barriers(page, page.locator("button[value=approve]")) == []


def test_times_are_in_the_zone_and_the_language_of_the_reader(browser: Browser, site: LiveServer) -> None:
    user = UserFactory(username="ada")
    device_session(user, label="Phone")
    context = browser.new_context(timezone_id="Asia/Tokyo")
    page = context.new_page()

    shown_in("ar", page, site, "/oauth/connections/", user)
    page.evaluate("document.querySelector('time').dateTime = '2030-06-15T20:00:00+00:00'")
    page.evaluate("document.querySelector('time').dataset.time = 'minute'")
    page.add_script_tag(url=f"{site.url}/static/oauthcore/times.js?again", type="module")

    expect(page.locator("time").first).to_contain_text("16 يونيو 2030")
    expect(page.locator("time").first).to_contain_text("05:00")
    context.close()


def test_the_language_is_switched_below_the_page_and_stays(page: Page, site: LiveServer) -> None:
    page.goto(f"{site.url}/login?next=/oauth/security/")
    page.get_by_role("button", name="Deutsch").click()

    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
    expect(page).to_have_url(f"{site.url}/login?next=%2Foauth%2Fsecurity%2F")
    page.goto(f"{site.url}/")
    expect(page.get_by_role("link", name="Anmelden").first).to_be_visible()
    expect(page.get_by_role("button", name="Deutsch")).to_have_attribute("aria-current", "true")


def test_german_words_have_room_on_a_narrow_screen(page: Page, site: LiveServer, settings: Any) -> None:
    settings.LANGUAGE_CODE = "de"
    found = []
    for name, response in islice(PARTS["consent"](), 3):
        show(page, site, response)
        put_on(page, 320, 16)
        found += [f"{name}: {one}" for one in page.evaluate(SIDEWAYS) + page.evaluate(WORDS)]

    assert found == []
