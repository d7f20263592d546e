"""The title of every page names the site, and says that there is an error; what is wrong has the focus."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.support.browser.gallery import Shown, on_every_page, show
from tests.support.factories import UserFactory, register
from tests.support.oauth import OAuthClient
from tests.support.pages.developer import Developer

WRONG = "[aria-invalid=true], .notice[role=alert]"


@on_every_page
def test_a_title_ends_with_the_site_and_begins_with_the_error_which_has_the_focus(
    page: Page, site: LiveServer, pages: Callable[[], Iterator[Shown]]
) -> None:
    for name, response in pages():
        show(page, site, response)
        title = page.title()
        wrong = page.locator(WRONG).filter(visible=True)

        assert title.endswith(" · Lumen"), f"{name}: {title}"
        assert title != " · Lumen", name
        assert title.startswith("Error: ") == bool(wrong.count()), f"{name}: {title}"
        if wrong.count():  # the browser gives the focus with its first frame, which may come after the load
            expect(page.locator(f":is({WRONG}):focus"), name).to_have_count(1)


def test_the_title_of_the_consent_page_names_the_application(page: Page, site: LiveServer) -> None:
    browser = Client()
    browser.force_login(UserFactory())
    show(page, site, OAuthClient(register(name="Light Table"), browser).authorize())

    assert page.title() == "Light Table wants to use your account · Lumen"


def test_the_summary_names_what_is_wrong_in_the_order_of_the_fields_and_leads_to_each(
    page: Page, site: LiveServer
) -> None:
    wrong = {"website": "nonsense", "name": "", "client_type": None, "redirect_uris": "http://x.example"}
    show(page, site, Developer(UserFactory()).register(**wrong, grant_types=None, scopes=["nonsense"]))
    links = page.locator("#problems a")

    expect(page.locator("#problems")).to_be_focused()
    places = [page.locator(str(one.get_attribute("href"))).bounding_box() for one in links.all()]
    tops = [place["y"] for place in places if place]
    assert len(tops) == links.count() == 6
    assert tops == sorted(tops)
