"""Logging out on either side, at Lumen Prints and at the small sites that use Django libraries.

OpenID Connect RP-Initiated Logout and Back-Channel Logout.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.support.browser.signing_in import BUTTON, Visitor


def test_logging_out_at_the_shop_leads_through_the_provider_and_back(visitor: Visitor, shop: str) -> None:
    page = visitor.page
    visitor.sign_in(shop)
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{visitor.provider}/**")
    expect(page.get_by_role("main")).to_contain_text(urlsplit(shop).netloc)
    visitor.confirm_logout()

    expect(page.get_by_text("logged out of Lumen Prints and of Lumen")).to_be_visible()
    assert page.url.startswith(f"{shop}/logged-out")
    assert not visitor.is_logged_in_at_the_provider()


def test_somebody_who_cancels_is_logged_out_of_the_shop_alone(visitor: Visitor, shop: str) -> None:
    page = visitor.page
    visitor.sign_in(shop)
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("link", name="Cancel").click()

    assert visitor.is_logged_in_at_the_provider()
    page.goto(shop)
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()


def test_logging_out_at_the_provider_ends_the_session_at_the_shop(visitor: Visitor, shop: str) -> None:
    page = visitor.page
    visitor.sign_in(shop)
    visitor.log_out_at_the_provider()
    call_command("send_notices")

    page.goto(shop)
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()


def test_a_logout_in_one_browser_leaves_the_session_of_another(visitor: Visitor, shop: str) -> None:
    visitor.sign_in(shop)
    with visitor.at_another_browser() as other:
        other.sign_in(shop, is_first=False)
        visitor.log_out_at_the_provider()
        call_command("send_notices")

        other.page.goto(shop)
        other.is_greeted()


def test_ending_the_access_of_the_shop_ends_the_session_there(visitor: Visitor, shop: str) -> None:
    page = visitor.page
    visitor.sign_in(shop)
    page.goto(f"{visitor.provider}/oauth/connections/")
    application = page.get_by_role("article", name="Lumen Prints")
    application.locator("summary").click()
    application.get_by_role("button", name="End access").click()
    expect(page.get_by_role("article")).to_have_count(0)
    call_command("send_notices")

    page.goto(shop)
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()


@pytest.mark.parametrize("running_site", ["with_mozilla", "with_allauth"], indirect=True)
def test_logging_out_at_a_small_site_logs_out_at_the_provider_too(visitor: Visitor, small_site: str) -> None:
    visitor.sign_in(small_site)
    visitor.page.get_by_role("button", name="Log out").click()
    visitor.page.wait_for_url(f"{visitor.provider}/**")
    visitor.confirm_logout()

    expect(visitor.page.get_by_role("button", name=BUTTON)).to_be_visible()
    assert not visitor.is_logged_in_at_the_provider()


@pytest.mark.parametrize("running_site", ["with_mozilla", "with_allauth"], indirect=True)
def test_logging_out_at_the_provider_ends_the_session_at_a_small_site(
    visitor: Visitor, small_site: str
) -> None:
    visitor.sign_in(small_site)
    visitor.log_out_at_the_provider()
    call_command("send_notices")

    visitor.page.goto(small_site)
    expect(visitor.page.get_by_role("button", name=BUTTON)).to_be_visible()
