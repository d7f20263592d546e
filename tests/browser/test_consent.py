"""The consent page in a real browser: by keyboard, against other sites, and on to the application."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Application, Grant
from tests.support.browser.origins import Origin, served
from tests.support.factories import PASSWORD, UserFactory, register
from tests.support.oauth import CHALLENGE


@pytest.fixture
def elsewhere() -> Iterator[Origin]:
    with served() as origin:
        yield origin


@pytest.fixture
def application() -> Iterator[Origin]:
    with served() as origin:
        origin.pages["/cb"] = "<title>Back at the printer</title>"
        yield origin


@pytest.fixture
def address(site: LiveServer, application: Origin) -> str:
    """Where the application sends people."""
    UserFactory(username="ada")
    registered = register(
        redirect_uris=[f"{application.url}/cb"], scopes=["read", "api.images.read", "api.images.delete"]
    )
    query = {
        "response_type": "code",
        "client_id": registered.client_id,
        "scope": "read api.images.read",
        "state": "a state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"{site.url}/oauth/authorize?{urlencode(query)}"


@pytest.fixture
def person(page: Page, site: LiveServer, address: str) -> Page:
    """Ada's browser, in which she is logged in."""
    client = Client()
    client.login(username="ada", password=PASSWORD)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    return page


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the thing has the focus, and can be seen to have it."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert style != "none", f"nobody sees that {selector} has the focus"
            return
    pytest.fail(f"Tab does not lead to {selector}")


def test_a_keyboard_is_enough_from_the_login_to_the_application(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_label("Username")).to_be_focused()
    page.keyboard.type("ada")
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Photo Printer")
    tab_to(page, "[name=scope][value='api.images.read']")
    page.keyboard.press("Space")
    tab_to(page, "[name=decision][value=approve]")
    page.keyboard.press("Enter")

    expect(page).to_have_title("Back at the printer")
    assert Grant.objects.get().scopes == {"read"}


@pytest.mark.parametrize("change", ["nothing to ask", "nothing to grant"])
def test_a_login_that_needs_no_page_after_it_leads_to_the_application(
    page: Page, address: str, change: str
) -> None:
    Application.objects.update(is_trusted=change == "nothing to ask")
    page.goto(address.replace("scope=read", "scope=nonsense") if change == "nothing to grant" else address)

    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_title("Back at the printer")


def test_after_approval_the_browser_follows_the_application_wherever_it_goes_next(
    person: Page, address: str, application: Origin, elsewhere: Origin
) -> None:
    said: list[str] = []
    person.on("console", lambda message: said.append(message.text))
    application.redirects["/cb"] = f"{elsewhere.foreign_url}/landed"
    elsewhere.pages["/landed"] = "<title>Landed</title>"
    person.goto(address)

    person.get_by_role("button", name="Allow").click()

    expect(person).to_have_title("Landed")
    assert [text for text in said if "Content Security Policy" in text] == []


def test_a_denial_leads_back_as_well(person: Page, address: str) -> None:
    person.goto(address)

    person.get_by_role("button", name="Cancel").click()

    expect(person).to_have_title("Back at the printer")
    assert "error=access_denied" in person.url
    assert not Grant.objects.exists()


@pytest.mark.parametrize("path", ["/oauth/authorize", "/login"])
def test_a_framed_page_is_not_rendered(
    person: Page, site: LiveServer, address: str, elsewhere: Origin, path: str
) -> None:
    framed = address if path == "/oauth/authorize" else f"{site.url}{path}"
    elsewhere.pages["/"] = f'<iframe src="{escape(framed)}"></iframe>'
    assert person.goto(framed)
    expect(person.get_by_role("button").first).to_be_visible()

    person.goto(elsewhere.url)

    frame = person.frames[1]
    frame.wait_for_url("chrome-error://**")
    assert frame.locator("form").count() == 0


@pytest.mark.parametrize("is_same_site", [True, False], ids=["same site", "another site"])
def test_another_site_cannot_say_yes_even_with_all_that_the_page_holds(
    person: Page, address: str, elsewhere: Origin, is_same_site: bool
) -> None:
    person.goto(address)
    fields: dict[str, Any] = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)"', person.content())
    )
    assert set(fields) == {"csrfmiddlewaretoken", "transaction"}
    inputs = "".join(
        f'<input name="{name}" value="{value}">'
        for name, value in {**fields, "scope": "read", "decision": "approve"}.items()
    )
    form = f'<form method="post" action="{escape(address)}">{inputs}</form>'
    elsewhere.pages["/"] = f"{form}<script>document.forms[0].submit()</script>"

    with person.expect_response(address) as answered:
        person.goto(elsewhere.url if is_same_site else elsewhere.foreign_url)

    assert answered.value.status == 403
    assert not Grant.objects.exists()


def test_going_back_and_saying_yes_after_logging_out_leads_to_the_login(
    person: Page, site: LiveServer, address: str
) -> None:
    person.goto(address)
    elsewhere_in_the_browser = person.context.new_page()
    elsewhere_in_the_browser.goto(site.url)
    elsewhere_in_the_browser.get_by_role("button", name="Log out").click()
    expect(elsewhere_in_the_browser.get_by_role("link", name="Log in").first).to_be_visible()

    person.get_by_role("button", name="Allow").click()

    expect(person.get_by_label("Password")).to_be_visible()
    assert not Grant.objects.exists()
