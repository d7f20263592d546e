"""The pages that show which claims an application gets, in a browser."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Grant
from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.browser.gallery import show
from tests.support.browser.openid_pages import openid_pages
from tests.support.factories import PASSWORD, UserFactory, register
from tests.support.relying_party import PERSONAL, RelyingParty

pytestmark = pytest.mark.django_db(transaction=True)


@in_every_look
def test_no_page_has_a_barrier_that_axe_knows_or_scrolls_sideways(
    page: Page, site: LiveServer, look: Look
) -> None:
    look.put_on(page)
    for name, response in openid_pages():
        show(page, site, response)
        assert barriers(page, page.get_by_role("heading", level=1)) == [], name


def test_without_a_script_people_can_untick_claims(
    browser: Browser, site: LiveServer, settings: Settings
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    UserFactory(username="ada", first_name="Ada", last_name="Lindqvist", email="ada@example.org")
    back = f"{site.url}/back"
    registered = register(scopes=["openid", "profile", "email"], redirect_uris=[back])
    app = RelyingParty(registered, scope=PERSONAL)
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{site.url}/oauth/authorize?{urlencode(app.parameters(redirect_uri=back))}")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your name: Ada Lindqvist")).to_be_checked()
    page.get_by_label("Your e-mail address: ada@example.org").uncheck()
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{back}?**")
    context.close()

    claims = Grant.objects.get().claims
    assert claims is not None
    assert "email" not in claims["userinfo"]
    assert "name" in claims["userinfo"]
