"""A newcomer takes the sample application through all its steps, in a real browser."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from oauthcore.models import Application
from reference_site.accounts.models import Account
from reference_site.demo import applications, people
from tests.support.reference_site.factories import ImageFactory

ADA = people.PEOPLE[0]


@pytest.fixture
def start(site: LiveServer, settings: Settings, page: Page) -> Page:
    """The front page of a site with demo data, as somebody sees it who has just come.

    Of the pictures there is a small one in each account: painting those of ``demo_data`` takes seconds.
    """
    settings.ISSUER = site.url
    users = people.install_people()
    people.install_accounts(users)
    applications.install_applications(owner=users["ada"])
    for account in Account.objects.all():
        ImageFactory(account=account)
    page.goto(site.url)
    return page


def take_step(page: Page, name: str, *, state: str = "done") -> None:
    page.locator(f"[data-run={name}]").click()
    expect(page.locator(f"[data-step={name}]")).to_have_attribute("data-state", state)


def log_in(page: Page) -> None:
    page.get_by_label("Username").fill(ADA.username)
    page.get_by_label("Password").fill(ADA.password)
    page.get_by_role("button", name="Log in").click()


def go_to_consent(page: Page) -> None:
    take_step(page, "prepare")
    page.locator("[data-run=authorize]").click()
    log_in(page)


def test_a_newcomer_gets_from_the_front_page_to_a_token_and_back_out(start: Page) -> None:
    go_to_consent(start)
    start.get_by_role("button", name="Allow").click()
    expect(start.locator("[data-step=return]")).to_have_attribute("data-state", "done")
    expect(start).not_to_have_url(re.compile("code="))

    take_step(start, "exchange")
    take_step(start, "call")
    expect(start.locator(".photos img").first).to_be_visible()
    take_step(start, "refresh")
    take_step(start, "revoke")
    take_step(start, "refused")

    expect(start.locator("[data-step=refused] .status")).to_have_text("401")


def test_saying_no_sends_the_newcomer_back_without_a_code(start: Page) -> None:
    go_to_consent(start)
    start.get_by_role("button", name="Cancel").click()

    expect(start.locator("[data-step=return]")).to_have_attribute("data-state", "failed")
    expect(start.locator("[data-step=return]")).to_contain_text("access_denied")


def test_an_answer_to_a_question_nobody_asked_is_thrown_away(start: Page, site: LiveServer) -> None:
    take_step(start, "prepare")
    start.goto(f"{site.url}/try/callback?code=planted&state=guessed&iss={site.url}")

    expect(start.locator("[data-step=return]")).to_have_attribute("data-state", "failed")
    expect(start.locator("[data-step=exchange] button")).to_be_disabled()


def test_what_was_not_allowed_stays_closed(start: Page) -> None:
    go_to_consent(start)
    start.locator("input[name=scope][value='api.images.read']").uncheck()
    start.get_by_role("button", name="Allow").click()
    take_step(start, "exchange")
    take_step(start, "call")

    expect(start.locator("[data-step=call] .status").nth(1)).to_have_text("403")


def test_a_developer_tests_a_confidential_application_and_the_page_does_not_keep_the_secret(
    start: Page, site: LiveServer
) -> None:
    own, secret = Application.objects.register(
        name="Night Train",
        owner=get_user_model().objects.get(username=ADA.username),
        client_type="confidential",
        redirect_uris=[f"{site.url}/try/callback"],
        grant_types=["authorization_code", "refresh_token"],
        scopes=["read"],
    )
    start.goto(f"{site.url}/?application={own.client_id}")
    log_in(start)
    take_step(start, "prepare")
    start.locator("[data-run=authorize]").click()
    start.get_by_role("button", name="Allow").click()
    expect(start.locator("[data-step=return]")).to_have_attribute("data-state", "done")
    expect(start).to_have_url(f"{site.url}/?application={own.client_id}")

    start.get_by_label("Client secret").fill(str(secret))
    take_step(start, "exchange")
    take_step(start, "call")
    take_step(start, "refresh")
    take_step(start, "revoke")
    take_step(start, "refused")

    expect(start.locator("[data-step=exchange]")).to_contain_text("(your secret)")
    assert str(secret) not in start.content()
    assert str(secret) not in str(start.evaluate("JSON.stringify(sessionStorage)"))
