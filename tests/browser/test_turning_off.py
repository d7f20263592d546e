"""Turning an application off in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Application
from tests.support.browser.developing import log_in
from tests.support.factories import UserFactory, bearer
from tests.support.pages.developer import LIST, Developer


def test_turning_off_says_what_it_ends_before_it_is_done(page: Page, site: LiveServer) -> None:
    grace = Developer(UserFactory())
    log_in(page, grace, site)
    application = grace.has()
    bearer(application=application)
    page.goto(f"{site.url}{LIST}{application.pk}/edit")
    certain = page.get_by_role("button", name="Turn it off now")
    expect(certain).to_be_hidden()

    page.locator("summary", has_text="Turn it off").click()
    ends = page.locator("form", has=certain)
    expect(ends).to_contain_text("This stops at once")
    expect(ends).to_contain_text("live approval")
    assert Application.objects.get().is_enabled
    certain.click()

    expect(page.get_by_text("The application is turned off. It does not work")).to_be_visible()
    assert not Application.objects.get().is_enabled
