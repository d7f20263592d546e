"""Chromium hands the answer to an app on the device: nothing of our policy stands in the way."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.support.factories import UserFactory, register
from tests.support.oauth import CHALLENGE


@pytest.mark.parametrize(
    "uri", ["icecubesapp://", "mastodon://joinmastodon.org/oauth", "com.example.app:/cb"]
)
def test_an_approval_leads_to_a_scheme_of_the_applications_own(
    page: Page, site: LiveServer, uri: str
) -> None:
    client = Client()
    client.force_login(UserFactory(username="ada"))
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.url}]
    )
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    registered = register(profile="oauth2.0", name="Ice Cubes", redirect_uris=[uri])
    asked = {
        "response_type": "code",
        "client_id": registered.client_id,
        "scope": "read",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    page.goto(f"{site.url}/oauth/authorize?{urlencode(asked)}")

    with page.expect_response(lambda response: response.request.method == "POST") as answered:
        page.get_by_role("button", name="Allow").click()

    assert answered.value.status == 302
    assert answered.value.headers["location"].startswith(f"{uri}?code=")
    expect(page.get_by_role("button", name="Allow")).to_be_visible()  # no app is here to take over
    assert [text for text in said if "Content Security Policy" in text] == []
