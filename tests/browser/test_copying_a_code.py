"""A code that is copied by hand, and boxes that stay ticked, in a real browser."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Grant, LegacySwitch
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages.legacy import OUT_OF_BAND, register_legacy


@pytest.fixture
def address(site: LiveServer) -> str:
    """Where the application sends people."""
    UserFactory(username="ada")
    registered = register_legacy(
        LegacySwitch.OPTIONAL_PKCE, redirect_uris=[OUT_OF_BAND], required_scopes=["api.images.read"]
    )
    query = {
        "response_type": "code",
        "client_id": registered.client_id,
        "redirect_uri": OUT_OF_BAND,
        "scope": "read api.images.read",
    }
    return f"{site.url}/oauth/authorize?{urlencode(query)}"


def log_in(page: Page, site: LiveServer) -> None:
    client = Client()
    client.login(username="ada", password=PASSWORD)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])


def test_the_button_copies_the_code_and_says_so(page: Page, site: LiveServer, address: str) -> None:
    log_in(page, site)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(address)
    page.get_by_role("button", name="Allow").click()
    code = page.locator("#code").inner_text()

    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.locator("[data-copy-status]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == code
    assert code not in page.url
    assert code not in page.title()


def test_without_a_script_the_code_is_there_and_no_button_that_does_nothing(
    browser: Browser, site: LiveServer, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, site)
    page.goto(address)
    page.get_by_role("button", name="Allow").click()

    assert page.locator("#code").inner_text().startswith("ref_api_")
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    context.close()


def test_a_required_box_stays_ticked_and_is_granted_and_another_may_be_unticked(
    page: Page, site: LiveServer, address: str
) -> None:
    log_in(page, site)
    page.goto(address)
    required = page.get_by_role("checkbox", name="Read images")

    expect(required).to_be_disabled()
    expect(required).to_be_checked()
    page.get_by_role("checkbox", name="Read your profile").uncheck()
    page.get_by_role("button", name="Allow").click()

    expect(page.locator("#code")).to_be_visible()
    assert Grant.objects.get().scopes == {"api.images.read"}
