"""The scopes page in a real browser: a developer asks, staff approve in the admin, people are asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from oauthcore.flows.applications.scope_requests import ask, refuse
from oauthcore.models import Application, ScopeRequest
from reference_site.scopes import SCOPES
from tests.support.browser.barriers import Look, barriers, in_every_look
from tests.support.factories import UserFactory, register
from tests.support.oauth import CHALLENGE

REASON = "We print the albums that people order with us."
SITE = {
    **SCOPES,
    "api.images.delete": {**SCOPES["api.images.delete"], "level": "approval"},
    "api.download": {**SCOPES["api.download"], "level": "approval"},
    "api.upload": {**SCOPES["api.upload"], "level": "staff"},
}


@pytest.fixture
def ada(site: LiveServer, settings: Any) -> Any:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": SITE}
    return UserFactory(username="ada")


@pytest.fixture
def application(ada: Any, site: LiveServer) -> Application:
    return register(
        owner=ada, scopes=["read"], required_scopes=["read"], redirect_uris=[f"{site.url}/back"]
    ).application


def log_in(page: Page, site: LiveServer, user: Any) -> Page:
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": site.url}])
    return page


@pytest.fixture
def developer(page: Page, site: LiveServer, ada: Any) -> Page:
    """Ada's browser, in which she is logged in."""
    return log_in(page, site, ada)


@pytest.fixture
def staff(browser: Browser, site: LiveServer) -> Iterator[Page]:
    """The browser of somebody who may do everything."""
    context = browser.new_context(locale="en-GB")
    yield log_in(context.new_page(), site, UserFactory(is_staff=True, is_superuser=True))
    context.close()


def address(site: LiveServer, application: Application) -> str:
    return f"{site.url}/oauth/applications/{application.pk}/scopes"


def authorize(site: LiveServer, application: Application) -> str:
    query = {
        "response_type": "code",
        "client_id": application.client_id,
        "scope": "read api.images.delete",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return f"{site.url}/oauth/authorize?{urlencode(query)}"


def test_a_scope_can_be_asked_of_people_once_staff_have_approved_it_and_not_before(
    developer: Page, staff: Page, site: LiveServer, application: Application
) -> None:
    developer.goto(address(site, application))
    developer.get_by_label("Delete images, for good").check()
    developer.get_by_label("What do you need it for?").fill(REASON)
    developer.get_by_role("button", name="Ask staff").click()
    expect(developer.get_by_role("status")).to_contain_text("Staff have received your request")
    expect(developer.get_by_text("Waiting for staff")).to_be_visible()

    developer.goto(authorize(site, application))
    assert "error=invalid_scope" in developer.url

    staff.goto(f"{site.url}/admin/oauthcore/scoperequest/")
    staff.get_by_role("link", name="Delete images, for good api.images.delete").click()
    expect(staff.get_by_text(REASON)).to_be_visible()
    staff.get_by_label("Answer to the developer").fill("Welcome to the family.")
    staff.get_by_role("button", name="Approve").click()
    expect(staff.get_by_text("Approved: Photo Printer – Delete images, for good")).to_be_visible()

    developer.goto(address(site, application))
    expect(developer.get_by_text("Welcome to the family.")).to_be_visible()
    developer.goto(authorize(site, application))
    expect(developer.get_by_role("heading", level=1)).to_contain_text("Photo Printer")
    expect(developer.get_by_label("Delete images, for good")).to_be_checked()


def test_several_requests_are_refused_together_with_one_answer(
    developer: Page, staff: Page, site: LiveServer, application: Application, ada: Any
) -> None:
    for scope in ("api.images.delete", "api.download"):
        ask(application, scope=scope, reason=REASON, user=ada)

    staff.goto(f"{site.url}/admin/oauthcore/scoperequest/")
    staff.locator("#action-toggle").check()
    staff.get_by_label("Action:").select_option("Refuse the selected requests")
    staff.get_by_role("button", name="Go").click()
    staff.get_by_label("Answer to the developer").fill("Say for how long you keep them.")
    staff.get_by_role("button", name="Yes, refuse").click()
    expect(staff.get_by_text("2 requests were refused.")).to_be_visible()

    developer.goto(address(site, application))
    expect(developer.get_by_text("Say for how long you keep them.")).to_have_count(2)
    expect(developer.get_by_role("radio")).to_have_count(2)


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_is_still_there(
    developer: Page, site: LiveServer, application: Application
) -> None:
    developer.goto(address(site, application))
    developer.get_by_label("Delete images, for good").check()
    developer.get_by_label("What do you need it for?").fill("because")
    developer.get_by_role("button", name="Ask staff").click()

    reason = developer.get_by_label("What do you need it for?")
    expect(reason).to_have_value("because")
    expect(reason).to_have_accessible_description(re.compile("at least 20 characters"))
    expect(developer.get_by_label("Delete images, for good")).to_be_checked()
    assert not ScopeRequest.objects.exists()


@in_every_look
def test_the_page_has_no_barrier_that_axe_knows_and_does_not_scroll_sideways(
    developer: Page, site: LiveServer, application: Application, ada: Any, look: Look
) -> None:
    refuse(ask(application, scope="api.download", reason="W" * 300, user=ada), staff=ada, answer="W" * 300)
    ask(application, scope="api.images.delete", reason=REASON, user=ada)
    look.put_on(developer)
    said: list[str] = []
    developer.on("console", lambda message: said.append(message.text))
    only_staff = developer.get_by_text("Scopes that only staff can give")

    developer.goto(address(site, application))
    only_staff.click()
    assert barriers(developer, developer.get_by_text("Upload images")) == []

    developer.get_by_role("button", name="Ask staff").click()
    mistake = developer.locator("#problems").get_by_text("at least 20 characters")
    expect(mistake).to_be_visible()
    only_staff.click()
    assert barriers(developer, mistake) == []
    assert [text for text in said if "Content Security Policy" in text] == []
