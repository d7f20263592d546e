"""The page on which people change their password, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.factories import PASSWORD, UserFactory


@in_every_look
def test_a_password_is_changed_and_nothing_is_in_the_way(page: Page, site: LiveServer, look: Look) -> None:
    UserFactory(username="ada")
    look.put_on(page)
    page.goto(f"{site.url}/oauth/security/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Change your password").click()
    old = page.get_by_label("Old password")
    assert barriers(page, old) == []
    old.fill("wrong")
    page.get_by_label("New password", exact=True).fill("another long walk")
    page.get_by_label("New password confirmation").fill("another long walk")
    page.get_by_role("button", name="Change the password").click()
    expect(page).to_have_title(re.compile("^Error"))
    assert barriers(page, page.get_by_text("Your old password was entered incorrectly")) == []

    old.fill(PASSWORD)
    page.get_by_role("button", name="Show what you typed").first.click()
    expect(old).to_have_attribute("type", "text")
    page.get_by_label("New password", exact=True).fill("another long walk")
    page.get_by_label("New password confirmation").fill("another long walk")
    page.get_by_role("button", name="Change the password").click()

    expect(page.get_by_role("status")).to_contain_text("You have changed your password.")
