"""Chromium for the tests in this folder, and a running reference site for it to open."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.support.browser import chromium

PATIENCE_MILLISECONDS = 30_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker("browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run.

    Playwright keeps an event loop in this thread, which Django takes for asynchronous code and refuses to use
    the database in. Browser tests run last, so the check is switched off for none of the others.
    """
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a visitor nobody has seen before: no cookies, nothing stored."""
    context = browser.new_context(locale="en-GB", timezone_id="UTC")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context.new_page()
    context.close()


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> LiveServer:
    """The reference site, running, with the address it really has as its issuer."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": live_server.url}
    return live_server
