"""Upgrading a legacy application in a real browser: what it did, why that is refused, and that it then is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import GrantType, LegacySwitch, LegacyUse, Refusal
from oauthcore.recording import legacy_use, refusals
from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND
from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.browser.origins import Origin, served
from tests.support.factories import PASSWORD, Registered, UserFactory, register


@pytest.fixture
def application() -> Iterator[Origin]:
    with served() as origin:
        origin.pages["/cb"] = "<title>Back at the printer</title>"
        yield origin


@pytest.fixture
def ada(site: LiveServer) -> Any:
    return UserFactory(username="ada")


@pytest.fixture
def developer(page: Page, site: LiveServer, ada: Any) -> Page:
    """The browser of ada, who registered the application and approves it too."""
    client = Client()
    client.login(username="ada", password=PASSWORD)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    return page


def address(site: LiveServer, registered: Registered, page: str) -> str:
    return f"{site.url}/oauth/applications/{registered.application.pk}/{page}"


def without_pkce(site: LiveServer, registered: Registered) -> str:
    """Where the application sends people, as it always did."""
    query = {"response_type": "code", "client_id": registered.client_id, "scope": "read", "state": "a state"}
    return f"{site.url}/oauth/authorize?{urlencode(query)}"


def test_a_developer_sees_the_reason_upgrades_and_the_old_flow_is_refused(
    developer: Page, site: LiveServer, ada: Any, application: Origin
) -> None:
    registered = register(owner=ada, profile="oauth2.0", redirect_uris=[f"{application.url}/cb"])
    developer.goto(without_pkce(site, registered))
    developer.get_by_role("button", name="Allow").click()
    developer.wait_for_url("**/cb?code=**")

    developer.goto(address(site, registered, "upgrade"))
    row = developer.get_by_role("row").filter(has_text="Asked for a code without PKCE")
    expect(row).to_contain_text("Send code_challenge")
    expect(row).to_contain_text(f"{application.url}/cb")

    developer.get_by_role("button", name="Upgrade all the same").click()
    expect(developer.get_by_role("checkbox")).to_be_focused()  # the browser asks for the tick first
    developer.get_by_role("checkbox").check()
    developer.get_by_role("button", name="Upgrade all the same").click()
    expect(developer.get_by_role("status")).to_contain_text("is upgraded")
    expect(developer.get_by_text("There is nothing to do.")).to_be_visible()

    developer.goto(without_pkce(site, registered))
    developer.wait_for_url("**/cb?error=invalid_request**")

    developer.goto(address(site, registered, "refusals"))
    row = developer.get_by_role("row").filter(has_text="/oauth/authorize")
    expect(row).to_contain_text("invalid_request")
    expect(row).to_contain_text("code_challenge")


def test_a_refusal_is_found_by_keyboard(developer: Page, site: LiveServer, ada: Any) -> None:
    registered = register(owner=ada)
    for one in ("a", "b"):
        Refusal.objects.create(
            application_ref=registered.client_id,
            request_id=one * 32,
            error="invalid_grant",
            reason="the code was used before",
            endpoint="/oauth/token",
        )
    developer.goto(address(site, registered, "refusals"))

    developer.get_by_label("Request-Id").fill("b" * 32)
    developer.keyboard.press("Enter")

    expect(developer.get_by_role("row")).to_have_count(2)  # its head and one more
    expect(developer.get_by_role("row").last).to_contain_text("b" * 32)


def has_done_everything(registered: Registered) -> None:
    for habit in LegacyUse.Habit:
        example = f"https://{'a-long-name-without-a-place-to-break' * 5}.example/callback"
        legacy_use.note(registered.application, habit, example=example)


def was_refused(registered: Registered) -> None:
    for error in ("invalid_grant", "insufficient_scope", "invalid_client"):
        Refusal.objects.create(
            application_ref=registered.client_id,
            request_id="f" * 32,
            error=error,
            reason="the redirect URI is not the one the code was sent to, " * 3,
            endpoint="/v1/" + "a-long-path-without-a-place-to-break" * 5,
        )


def has_done_nothing(registered: Registered) -> None:
    legacy_use.batch.drain()
    refusals.batch.drain()


# The page, what the application is like, what it has done, and what the page then shows.
STATES: dict[str, tuple[str, dict[str, Any], Callable[[Registered], None], str]] = {
    "everything": (
        "upgrade",
        {"legacy_switches": list(LegacySwitch)},
        has_done_everything,
        "Upgrade all the same",
    ),
    "clean": (
        "upgrade",
        {"grant_types": list(GrantType)},
        has_done_nothing,
        "the upgrade changes nothing for people",
    ),
    "blocked": ("upgrade", {"redirect_uris": [OUT_OF_BAND]}, has_done_everything, "Open the settings"),
    "upgraded": ("upgrade", {"profile": "oauth2.1"}, has_done_nothing, "There is nothing to do."),
    "refused": ("refusals", {}, was_refused, "What these errors mean"),
    "nothing refused": ("refusals", {}, has_done_nothing, "Nothing was refused"),
    "not found": (f"refusals?request_id={'0' * 32}", {}, was_refused, "No refusal with this Request-Id"),
    "no id": ("refusals?request_id=nonsense", {}, was_refused, "A Request-Id has 32 letters"),
}


@in_every_look
def test_no_page_has_a_barrier_that_axe_knows_or_scrolls_sideways(
    developer: Page, site: LiveServer, ada: Any, look: Look
) -> None:
    look.put_on(developer)

    for state, (path, values, prepare, text) in STATES.items():
        registered = register(**{"owner": ada, "profile": "oauth2.0", **values})
        prepare(registered)
        developer.goto(address(site, registered, path))
        assert barriers(developer, developer.get_by_text(text)) == [], state
