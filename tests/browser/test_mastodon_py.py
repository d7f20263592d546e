"""Mastodon.py's person at a real browser: logs in, allows access, and copies the code that the page shows."""

from __future__ import annotations

from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Grant
from tests.support.clients.mastodon_py import goes_the_whole_way
from tests.support.factories import PASSWORD, UserFactory


def test_it_registers_logs_in_calls_revokes_and_is_refused_afterwards(site: LiveServer, page: Page) -> None:
    UserFactory(username="ada")

    def allow(authorization_url: str) -> str:
        page.goto(authorization_url)
        page.get_by_label("Username").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("button", name="Allow").click()
        return page.locator("#code").inner_text()

    goes_the_whole_way(site.url, "ada", allow)

    assert Grant.objects.get().revoked_at is not None
