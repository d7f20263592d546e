"""The logout page in a real browser: an application sends a person there, and they return."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.factories import UserFactory
from tests.support.logging_out import PAGE, SignedIn, switch_on


@pytest.fixture
def printer(site: LiveServer, settings: Any) -> SignedIn:
    switch_on(settings)
    return SignedIn(UserFactory(username="ada"), post_logout_redirect_uris=[afterwards(site)])


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def any_page(
    request: pytest.FixtureRequest, browser: Browser, site: LiveServer, printer: SignedIn
) -> Iterator[Page]:
    """Ada's browser, in which she is logged in."""
    context = browser.new_context(java_script_enabled=request.param, locale="en-GB")
    page = context.new_page()
    log_in(page, site, printer)
    yield page
    context.close()


def afterwards(site: LiveServer) -> str:
    """Return the application's address. Playwright answers for no address that a redirect leads to."""
    return f"{site.url}/loggedout"


def log_in(page: Page, site: LiveServer, printer: SignedIn) -> None:
    (cookie,) = [one for one in printer.browser.cookies.values() if one.key == "sessionid"]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site.url}])


def address(site: LiveServer, printer: SignedIn) -> str:
    client_id = printer.registered.client_id
    return f"{site.url}{PAGE}?client_id={client_id}&post_logout_redirect_uri={afterwards(site)}&state=here"


def test_a_person_logs_out_and_comes_back_to_the_application(any_page, site, printer) -> None:
    any_page.goto(address(site, printer))
    expect(any_page.get_by_role("heading", level=1)).to_contain_text("Log out of")
    expect(any_page.get_by_text("Photo Printer sent you here to log out.")).to_be_visible()
    any_page.get_by_role("button", name="Log out").click()

    any_page.wait_for_url(f"{afterwards(site)}?state=here")
    assert len(printer.deliveries) == 1


def test_an_application_posts_its_request_from_another_site(any_page, site, printer) -> None:
    """The cookie of the session is SameSite=Lax, and does not come with this form."""
    form = (
        f'<form method="post" action="{site.url}{PAGE}">'
        f'<input name="client_id" value="{printer.registered.client_id}">'
        f'<input name="post_logout_redirect_uri" value="{afterwards(site)}">'
        "<button>Log out there</button></form>"
    )
    any_page.route(
        "https://client.example/out", lambda route: route.fulfill(body=form, content_type="text/html")
    )
    any_page.goto("https://client.example/out")
    any_page.get_by_role("button", name="Log out there").click()

    expect(any_page.get_by_text("You are logged in as ada.")).to_be_visible()


def test_a_person_who_cancels_stays_logged_in(any_page, site, printer) -> None:
    any_page.goto(address(site, printer))
    any_page.get_by_role("link", name="Cancel").click()
    any_page.goto(f"{site.url}{PAGE}")

    expect(any_page.get_by_role("button", name="Log out")).to_be_visible()
    assert printer.deliveries == []


@in_every_look
def test_the_logout_pages_have_no_barriers(page: Page, site, printer, look: Look) -> None:
    look.put_on(page)
    log_in(page, site, printer)
    heading = page.get_by_role("heading", level=1)
    page.goto(f"{address(site, printer)}&id_token_hint=")
    assert barriers(page, heading.filter(has_text="Log out of")) == []

    page.goto(f"{site.url}{PAGE}?client_id=nobody")
    assert barriers(page, heading.filter(has_text="does not work")) == []

    page.goto(f"{site.url}{PAGE}")
    page.get_by_role("button", name="Log out").click()
    assert barriers(page, heading.filter(has_text="You are logged out")) == []
