"""Connected applications and devices in a real browser: allowed on one page, ended on another."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Grant
from reference_site.scopes import SCOPES
from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.factories import PASSWORD, UserFactory, bearer, device_session, register
from tests.support.oauth import CHALLENGE, OAuthClient, is_live
from tests.support.reference_site.factories import MembershipFactory

PATH = "/oauth/connections/"


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def person(request: pytest.FixtureRequest, browser: Browser, site: LiveServer) -> Iterator[Page]:
    """The browser of somebody who has a login and has not used it yet."""
    UserFactory(username="ada")
    context = browser.new_context(java_script_enabled=request.param, locale="en-GB")
    yield context.new_page()
    context.close()


def log_in(page: Page) -> None:
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def test_what_was_allowed_on_the_consent_page_is_listed_and_over_once_it_is_ended(
    person: Page, site: LiveServer
) -> None:
    back = f"{site.url}/back"
    printer = OAuthClient(register(redirect_uris=[back]))
    query = urlencode(
        {
            "response_type": "code",
            "client_id": printer.registered.client_id,
            "scope": "read api.images.read",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
    )
    person.goto(f"{site.url}/oauth/authorize?{query}")
    log_in(person)
    person.get_by_role("button", name="Allow").click()
    person.wait_for_url(f"{back}?**")
    (code,) = parse_qs(urlsplit(person.url).query)["code"]
    tokens = printer.redeem(code, redirect_uri=back).json()
    assert is_live(tokens["access_token"])

    person.goto(site.url)
    person.get_by_role("link", name="Connected applications").click()
    application = person.get_by_role("article", name="Photo Printer")
    expect(application).to_contain_text("Read images, sets, keywords and facets")
    expect(application.get_by_role("button", name="End access", exact=True)).to_be_hidden()
    application.locator("summary").press("Enter")
    expect(application).to_contain_text("has to ask you before it gets access again")
    assert is_live(tokens["access_token"])
    application.get_by_role("button", name="End access", exact=True).click()

    expect(person.get_by_role("status")).to_contain_text("You have ended the access of")
    expect(person.get_by_role("article")).to_have_count(0)
    assert not is_live(tokens["access_token"])
    assert printer.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    person.goto(f"{site.url}/oauth/authorize?{query}")
    expect(person.get_by_role("button", name="Allow")).to_be_visible()


def test_devices_are_signed_out_one_by_one_or_all_at_once(person: Page, site: LiveServer) -> None:
    ada = get_user_model().objects.get()
    for label in ("Phone", "Tablet", "Studio"):
        device_session(ada, label=label)
    person.goto(f"{site.url}{PATH}")
    log_in(person)

    device = person.get_by_role("listitem").filter(has_text="Tablet")
    device.locator("summary").click()
    device.get_by_role("button", name="Sign out this device").click()

    expect(person.get_by_role("status")).to_contain_text("You have signed out")
    assert set(Grant.objects.filter(revoked_at=None).values_list("label", flat=True)) == {"Phone", "Studio"}

    person.locator("summary", has_text="Sign out all devices").click()
    person.get_by_role("button", name="Sign out all", exact=True).click()

    expect(person.get_by_text("No devices are signed in.")).to_be_visible()
    assert not Grant.objects.filter(revoked_at=None).exists()


@pytest.fixture
def crowded(page: Page, site: LiveServer) -> Page:
    """The browser of somebody to whom much is connected, some of it under names that are hard to show."""
    ada = UserFactory(username="ada")
    for number, name in enumerate(["Photo Printer", "W" * 100, "<b>Desk</b> \u202e" + "ab " * 25]):
        account = MembershipFactory(user=ada, account__name=name).account
        website = f"https://{'w' * 60}.{'w' * 60}.example" if number else ""
        application = register(name=name, website=website).application
        bearer(user=ada, application=application, account_uuid=account.uuid, scopes=list(SCOPES))
        device_session(ada, label=name)
    page.goto(f"{site.url}{PATH}")
    log_in(page)
    expect(page.get_by_role("heading", name="Connected applications and devices")).to_be_visible()
    return page


@in_every_look
def test_the_page_has_no_barrier_that_axe_knows_and_does_not_scroll_sideways(
    crowded: Page, look: Look
) -> None:
    look.put_on(crowded)

    crowded.locator("summary").first.click()

    assert barriers(crowded, crowded.get_by_role("button", name="End access", exact=True).first) == []


def test_the_page_without_connections_has_no_barrier_either(page: Page, site: LiveServer) -> None:
    UserFactory(username="ada")
    page.goto(f"{site.url}{PATH}")
    log_in(page)

    assert barriers(page, page.get_by_text("No devices are signed in.")) == []
