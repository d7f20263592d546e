"""The page that asks for a password again, in a real browser: nothing in the way, and on to consent."""

from __future__ import annotations

from urllib.parse import urlencode

from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.factories import PASSWORD, UserFactory, register
from tests.support.oauth import OAuthClient


@in_every_look
def test_a_login_page_that_sends_people_back_leads_to_it_and_then_to_consent(
    page: Page, site: LiveServer, settings: Settings, look: Look
) -> None:
    settings.ROOT_URLCONF, settings.LOGIN_URL = "tests.support.sites.own_logins", "/sends-back"
    UserFactory(username="ada")
    look.put_on(page)
    asked = urlencode(OAuthClient(register()).parameters(prompt="login", state="s" * 2000))
    page.goto(f"{site.url}/sends-back?next=/oauth/security/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Security", exact=True)).to_be_visible()

    page.goto(f"{site.url}/oauth/authorize?{asked}")
    heading = page.get_by_role("heading", name="Log in again")
    assert barriers(page, heading) == []
    expect(page.get_by_label("Password")).to_be_focused()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Photo Printer")
