"""``response_mode=form_post`` in a real browser: the form arrives at a program on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Application
from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.browser.origins import Origin, served
from tests.support.factories import PASSWORD, Registered, UserFactory, register_public
from tests.support.oauth import CHALLENGE, OAuthClient

STATE = 'a "state" & <more>, é'


@pytest.fixture
def program() -> Iterator[Origin]:
    """A program that listens on the loopback for the answer."""
    with served() as origin:
        origin.pages["/callback"] = "<title>You can close this window</title>"
        yield origin


@pytest.fixture
def registered(db: None) -> Registered:
    return register_public(redirect_uris=["http://localhost/callback?from=us"])


@pytest.fixture
def asked(site: LiveServer, program: Origin, registered: Registered) -> dict[str, Any]:
    return {
        "response_type": "code",
        "response_mode": "form_post",
        "client_id": registered.client_id,
        "redirect_uri": f"{program.foreign_url}/callback?from=us",
        "scope": "read",
        "state": STATE,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }


@pytest.fixture
def address(site: LiveServer, asked: dict[str, Any]) -> str:
    """Where the program sends people."""
    return f"{site.url}/oauth/authorize?{urlencode(asked)}"


@pytest.fixture
def person(page: Page, site: LiveServer) -> Page:
    """Ada's browser, in which she is logged in."""
    log_in(page.context, site)
    return page


def log_in(context: BrowserContext, site: LiveServer) -> None:
    client = Client()
    client.force_login(UserFactory(username="ada"))
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.url}])


def the_form_at(program: Origin, site: LiveServer) -> dict[str, str]:
    """Return the fields of the one form that arrived, having looked at how it came."""
    ((path, headers, fields),) = program.posted
    assert path == "/callback?from=us"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["Origin"] == site.url
    assert headers.get("Referer", f"{site.url}/") == f"{site.url}/"
    assert len(dict(fields)) == len(fields)
    return dict(fields)


def test_an_approval_arrives_by_itself_and_can_be_redeemed(
    person: Page,
    site: LiveServer,
    address: str,
    program: Origin,
    registered: Registered,
    asked: dict[str, Any],
) -> None:
    said: list[str] = []
    person.on("console", lambda message: said.append(message.text))
    person.goto(address)
    person.get_by_role("button", name="Allow").click()
    expect(person).to_have_title("You can close this window")

    told = the_form_at(program, site)

    assert (set(told), told["state"], told["iss"]) == ({"code", "state", "iss"}, STATE, site.url)
    redeemed = OAuthClient(registered).redeem(told["code"], redirect_uri=asked["redirect_uri"])
    assert redeemed.status_code == 200
    assert [text for text in said if "Content Security Policy" in text] == []
    assert "code=" not in person.url


def test_an_error_arrives_too_after_a_login(
    page: Page, site: LiveServer, address: str, program: Origin
) -> None:
    UserFactory(username="grace")
    page.goto(address.replace("scope=read", "scope=nonsense"))
    page.get_by_label("Username").fill("grace")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_title("You can close this window")

    assert the_form_at(program, site)["error"] == "invalid_scope"


@in_every_look
def test_nothing_is_in_the_way_while_it_waits(
    person: Page, address: str, program: Origin, look: Look
) -> None:
    look.put_on(person)
    person.route("**/form_post.js", lambda route: route.abort())
    Application.objects.update(name="Photo Desk \u202e" + "W" * 60)
    person.goto(address)
    person.get_by_role("button", name="Allow").click()

    assert barriers(person, person.get_by_role("button", name="Continue")) == []
    assert not program.posted


def test_without_a_script_a_button_sends_it(
    browser: Browser, site: LiveServer, address: str, program: Origin
) -> None:
    context = browser.new_context(java_script_enabled=False)
    log_in(context, site)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Allow").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Back to Photo Printer")
    assert not program.posted
    page.get_by_role("button", name="Continue").click()

    expect(page).to_have_title("You can close this window")
    assert the_form_at(program, site)["code"]
    context.close()
