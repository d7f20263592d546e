"""What the role on the chosen account denies follows the choice in a browser, with and without a script."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from reference_site.accounts.roles import Role
from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.factories import PASSWORD, UserFactory, register
from tests.support.oauth import CHALLENGE
from tests.support.reference_site.factories import AccountFactory, MembershipFactory


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(request: pytest.FixtureRequest, browser: Browser, site: LiveServer) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def consent(page: Page, site: LiveServer) -> Page:
    """The consent page of somebody who owns one account and views another, asked for what viewers may not."""
    ada = UserFactory(username="ada")
    for name, role in (("Harbour Studio", Role.OWNER), ("The Family", Role.VIEWER)):
        MembershipFactory(user=ada, account=AccountFactory(name=name), role=role)
    scopes = ["read", "api.images.read", "api.images.delete"]
    query = {
        "response_type": "code",
        "client_id": register(scopes=scopes).client_id,
        "scope": " ".join(scopes),
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    page.goto(f"{site.url}/oauth/authorize?{urlencode(query)}")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Allow")).to_be_visible()
    return page


def delete(page: Page) -> Locator:
    return page.locator(".scope-words", has_text="Delete images, for good")


def test_it_is_struck_through_while_an_account_is_chosen_on_which_it_is_denied(consent: Page) -> None:
    reason = consent.get_by_text("not as a viewer of The Family")

    for account, line in (
        ("Harbour Studio", "none"),
        ("The Family", "line-through"),
        ("Harbour Studio", "none"),
    ):
        consent.get_by_role("radio", name=account).check()
        expect(delete(consent)).to_have_css("text-decoration-line", line)
        expect(consent.locator(".scope-words", has_text="Read images")).to_have_css(
            "text-decoration-line", "none"
        )
        expect(reason).to_be_visible(visible=line != "none")


@in_every_look
@pytest.mark.parametrize("page", [True], indirect=True, ids=["with script"])
def test_the_page_has_no_barrier_while_something_is_struck_through(consent: Page, look: Look) -> None:
    look.put_on(consent)
    consent.get_by_role("radio", name="The Family").check()

    assert barriers(consent, consent.get_by_text("not as a viewer of The Family")) == []
