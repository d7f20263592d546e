"""The pages for people, as people with different eyes, hands and screens meet them."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Application
from reference_site.scopes import SCOPES
from tests.support.browser.barriers import Look, barriers, in_every_look

PASSWORD = "moonlight-over-the-bay"


@pytest.fixture
def addresses(site: LiveServer) -> dict[str, str]:
    """Where each page is, with an application and a person who may meet them."""
    User.objects.create_user("ada", password=PASSWORD)
    Application.objects.register(
        client_id="photo-desk",
        name="Photo Desk <script>alert(1)</script> \u202e" + "W" * 60,
        client_type="public",
        redirect_uris=[f"{site.url}/try/callback"],
        grant_types=["authorization_code"],
        scopes=list(SCOPES),
    )
    query = urlencode(
        {
            "response_type": "code",
            "client_id": "photo-desk",
            "scope": " ".join(SCOPES),
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
        }
    )
    return {
        "front": f"{site.url}/",
        "login": f"{site.url}/login?{urlencode({'next': f'/oauth/authorize?{query}'})}",
        "consent": f"{site.url}/oauth/authorize?{query}",
        "error": f"{site.url}/oauth/authorize?client_id=nobody",
    }


def log_in(page: Page, addresses: dict[str, str]) -> None:
    page.goto(addresses["login"])
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/oauth/authorize**")


@pytest.fixture
def page_without_script(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    yield context.new_page()
    context.close()


@in_every_look
def test_no_page_has_a_barrier_that_axe_knows_or_scrolls_sideways(
    page: Page, addresses: dict[str, str], look: Look
) -> None:
    look.put_on(page)
    log_in(page, addresses)

    shown = {
        "front": page.get_by_role("heading", name="Watch an application get permission"),
        "login": page.get_by_label("Password"),
        "consent": page.get_by_role("button", name="Allow"),
        "error": page.get_by_role("heading", level=1),
    }
    for name, shows in shown.items():
        page.goto(addresses[name])
        assert barriers(page, shows) == [], name


def test_the_policy_of_a_page_blocks_nothing_that_the_page_needs(
    page: Page, addresses: dict[str, str]
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    log_in(page, addresses)

    for address in addresses.values():
        page.goto(address)

    assert [text for text in said if "Content Security Policy" in text] == []


def test_a_name_that_is_a_script_is_shown_as_text(page: Page, addresses: dict[str, str]) -> None:
    page.on("dialog", lambda dialog: pytest.fail("a script of the application ran"))
    log_in(page, addresses)

    expect(page.get_by_role("heading", level=1)).to_contain_text("<script>")


def test_consent_can_be_given_without_script(page_without_script: Page, addresses: dict[str, str]) -> None:
    page = page_without_script
    log_in(page, addresses)
    page.get_by_role("button", name="Allow").click()

    page.wait_for_url("**/try/callback?**code=**")


def test_enter_never_means_yes(page: Page, addresses: dict[str, str]) -> None:
    log_in(page, addresses)
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/")

    expect(page.locator("body")).to_be_visible()
    assert Application.objects.get(client_id="photo-desk").grants.count() == 0
