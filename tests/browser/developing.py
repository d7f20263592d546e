"""A developer in a real browser, on the screens of a phone and of a desk."""

from __future__ import annotations

from playwright.sync_api import Page, ViewportSize
from pytest_django.live_server_helper import LiveServer

from tests.pages.applications.developer import Developer

SCREENS: dict[str, ViewportSize] = {
    "phone": {"width": 390, "height": 844},
    "desk": {"width": 1280, "height": 900},
}


def log_in(page: Page, developer: Developer, site: LiveServer) -> None:
    (cookie,) = developer.browser.cookies.values()
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site.url}])
