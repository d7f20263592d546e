"""The page of docs/single-page.md, in a real browser at an origin of its own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Grant
from tests.support.browser.origins import served
from tests.support.factories import UserFactory, register_public
from tests.support.markdown import PAGES, code_blocks

pytestmark = pytest.mark.django_db(transaction=True)

SCRIPT = code_blocks(PAGES["single-page.md"], "javascript")[0]
PAGE = """<!DOCTYPE html><title>Notes</title><p id="said">out</p>
<script type="module">
%s
const said = document.getElementById("said");
const signedIn = await finishSignIn();
window.signIn = signIn;
window.call = async (path) => (await call(path)).json();
window.expire = () => { tokens.expiresAt = 0; };
said.textContent = signedIn ? "in" : "out";
</script>"""


@pytest.fixture
def application(page: Page, site: LiveServer) -> Any:
    """The application, opened by a person who is logged in at the site."""
    ada = UserFactory(username="ada")
    browser = Client()
    browser.force_login(ada)
    session = browser.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    with served() as origin:
        # A name of its own makes it another site. A browser has crypto.subtle on localhost too.
        address = f"{origin.foreign_url}/"
        one = register_public(redirect_uris=[address], scopes=["read"])
        script = SCRIPT.replace("https://example.org", site.url).replace('"CLIENT_ID"', f'"{one.client_id}"')
        origin.pages["/"] = PAGE % script
        page.goto(address)
        yield page


def test_a_person_signs_in_and_the_page_calls_the_site_and_refreshes_once_for_two_calls(application):
    expect(application.locator("#said")).to_have_text("out")
    application.evaluate("signIn('read')")
    application.get_by_role("button", name="Allow").click()

    expect(application.locator("#said")).to_have_text("in")
    assert "code=" not in application.url
    assert application.evaluate("call('/v1/me')")["user"]["username"] == "ada"

    application.evaluate("expire()")
    answers = application.evaluate("Promise.all([call('/v1/me'), call('/v1/me')])")

    assert [one["user"]["username"] for one in answers] == ["ada", "ada"]
    assert Grant.objects.get(kind="application").revoked_at is None
