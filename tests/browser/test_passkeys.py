"""Passkeys in a real browser, whose authenticator is Chromium's own virtual one.

Browsers have passkeys for domain names only, so the site is opened as localhost.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, CDPSession, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Passkey, TOTPFactor
from oauthcore.rules.sign_in import totp
from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages.authenticator_app import new_recovery_code

TOUCHES = {"protocol": "ctap2", "transport": "usb", "automaticPresenceSimulation": True}


@pytest.fixture
def address(live_server: LiveServer, settings: Settings) -> str:
    """The site under a name that passkeys can belong to."""
    at = live_server.url.replace("127.0.0.1", "localhost")
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": at}
    return at


@pytest.fixture
def seed(address: str) -> bytes:
    """Ada has a second factor."""
    ada, now = UserFactory(username="ada"), timezone.now()
    seed = TOTPFactor.prepare(ada, now=now)
    TOTPFactor.objects.update(confirmed_at=now)
    return seed or b""


@pytest.fixture
def person(browser: Browser, address: str, seed: bytes) -> Iterator[Page]:
    """The browser of ada, in which nothing may go wrong that nobody sees."""
    context = browser.new_context(locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(30_000)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


class SecurityKey:
    """A key that somebody has in their computer, and touches whenever it asks."""

    def __init__(self, page: Page) -> None:
        self._cdp: CDPSession = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        made = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": TOUCHES})
        self._id = {"authenticatorId": made["authenticatorId"]}

    def lose(self) -> list[dict[str, Any]]:
        """Take every passkey from it, and return them."""
        held: list[dict[str, Any]] = self._cdp.send("WebAuthn.getCredentials", self._id)["credentials"]
        self._cdp.send("WebAuthn.clearCredentials", self._id)
        return held

    def hold(self, passkey: dict[str, Any]) -> None:
        self._cdp.send("WebAuthn.addCredential", {**self._id, "credential": passkey})


def give_password(page: Page, address: str, path: str = "/oauth/security/") -> None:
    page.goto(address + path)
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()


def log_in_with_code(page: Page, address: str, seed: bytes) -> None:
    give_password(page, address)
    page.get_by_label("Code").fill(totp.code_at(seed, int(timezone.now().timestamp()) // totp.STEP))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Passkeys")).to_be_visible()


def begin_to_add(page: Page) -> None:
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Key ring")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("Code from your authenticator app").fill(
        new_recovery_code(TOTPFactor.objects.get().user)
    )
    page.get_by_role("button", name="Continue").click()


def log_out(page: Page) -> None:
    page.context.clear_cookies()


def test_a_passkey_is_added_logs_in_and_is_removed(person: Page, address: str, seed: bytes) -> None:
    SecurityKey(person)
    log_in_with_code(person, address, seed)
    begin_to_add(person)
    person.get_by_role("button", name="Make passkey").click()
    expect(person.get_by_role("status")).to_contain_text("You have added a passkey.")
    expect(person.get_by_role("listitem").filter(has_text="Key ring")).to_contain_text("Not used yet")

    begin_to_add(person)
    person.get_by_role("button", name="Make passkey").click()
    expect(person.get_by_role("alert")).to_contain_text("already has a passkey of yours")

    log_out(person)
    give_password(person, address)
    expect(person.get_by_role("button", name="Use a passkey")).to_be_focused()
    assert person.get_by_role("button").all_inner_texts()[-2:] == ["Use a passkey", "Confirm"]
    person.get_by_role("button", name="Use a passkey").click()
    item = person.get_by_role("listitem").filter(has_text="Key ring")
    expect(item).to_contain_text("Last used")

    item.get_by_role("link", name="Remove").click()
    person.get_by_label("Your password").fill(PASSWORD)
    person.get_by_role("button", name="Remove it").click()
    expect(person.get_by_role("status")).to_contain_text("You have removed a passkey.")
    expect(person.get_by_text("Key ring")).to_have_count(0)
    assert not Passkey.objects.exists()


def test_a_copy_of_a_passkey_is_refused_and_a_lost_one_leaves_the_code(
    person: Page, address: str, seed: bytes
) -> None:
    key = SecurityKey(person)
    log_in_with_code(person, address, seed)
    begin_to_add(person)
    person.get_by_role("button", name="Make passkey").click()
    expect(person.get_by_role("status")).to_be_visible()
    Passkey.objects.update(sign_count=7)
    log_out(person)

    give_password(person, address)
    person.get_by_role("button", name="Use a passkey").click()
    expect(person.get_by_role("alert")).to_contain_text("This passkey was not accepted")

    (lost,) = key.lose()
    person.locator("[data-passkey]").evaluate(
        "form => { form.dataset.options = form.dataset.options.replace('120000', '1000'); }"  # two minutes
    )
    person.get_by_role("button", name="Use a passkey").click()
    expect(person.get_by_role("alert")).to_contain_text("No passkey was used")
    key.hold({**lost, "signCount": 8})
    person.get_by_role("button", name="Use a passkey").click()
    expect(person.get_by_role("heading", name="Passkeys")).to_be_visible()


def test_at_an_ip_address_the_page_says_why_there_are_none(
    page: Page, live_server: LiveServer, settings: Settings, seed: bytes
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": live_server.url}
    log_in_with_code(page, live_server.url, seed)

    expect(page.get_by_text("Passkeys need a domain name")).to_be_visible()
    expect(page.get_by_role("link", name="Add a passkey")).to_have_count(0)


@in_every_look
def test_nothing_is_in_anybodys_way(person: Page, address: str, seed: bytes, look: Look) -> None:
    look.put_on(person)
    SecurityKey(person)
    log_in_with_code(person, address, seed)
    person.get_by_role("link", name="Add a passkey").click()
    assert barriers(person, person.get_by_label("Your password")) == []
    person.go_back()
    begin_to_add(person)
    make = person.get_by_role("button", name="Make passkey")
    assert barriers(person, make) == []
    make.click()
    assert barriers(person, person.get_by_text("Not used yet")) == []
    person.get_by_role("link", name="Remove").click()
    assert barriers(person, person.get_by_role("button", name="Remove it")) == []

    log_out(person)
    give_password(person, address)
    assert barriers(person, person.get_by_role("button", name="Use a passkey")) == []
