"""A developer in a real browser."""

from __future__ import annotations

from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.support.pages.developer import Developer


def log_in(page: Page, developer: Developer, site: LiveServer) -> None:
    (cookie,) = developer.browser.cookies.values()
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site.url}])
