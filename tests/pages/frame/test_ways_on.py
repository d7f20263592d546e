"""No error page is a dead end: the start page, the application's website, another login."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.test.utils import override_script_prefix

from oauthcore.models import Application
from tests.support.oauth import OAuthClient
from tests.support.pages.legacy import OUT_OF_BAND, SHOWN, register_legacy

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("links of error pages"),
]

WEBSITE = "https://www.printer.example/about"


def links_on(page: Any) -> dict[str, str]:
    """Return where the ways on lead, by their words."""
    (ways,) = re.findall(r'<nav class="actions".*?</nav>', page.content.decode(), re.DOTALL)
    found = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', ways, re.DOTALL)
    return {" ".join(re.sub("<[^>]*>", "", words).split()): address for address, words in found}


@pytest.mark.parametrize("path", ["/oauth/nothing", "/oauth/authorize?client_id=nobody"])
def test_every_error_page_leads_to_the_start_page(stranger: OAuthClient, path: str) -> None:
    assert links_on(stranger.browser.get(path)) == {"Go to the start page": "/"}


def test_the_start_page_is_below_the_path_of_the_site() -> None:
    with override_script_prefix("/photos/"):
        page = Client().get("/oauth/nothing")

    assert links_on(page)["Go to the start page"] == "/photos/"


@pytest.mark.parametrize("flag", ["is_verified", "is_trusted"])
def test_a_verified_application_is_led_back_to_when_its_link_is_wrong(
    printer: OAuthClient, flag: str
) -> None:
    Application.objects.update(website=WEBSITE, **{flag: True})

    wrong = printer.authorize(redirect_uri="https://elsewhere.example/cb")
    assert links_on(wrong)["Back to www.printer.example"] == WEBSITE
    answered = printer.decide(transaction="nonsense")
    assert links_on(answered)["Back to www.printer.example"] == WEBSITE


@pytest.mark.parametrize(
    "values",
    [{"website": WEBSITE}, {"website": "javascript:alert(1)", "is_verified": True}, {"is_verified": True}],
    ids=["not verified", "no website", "none"],
)
def test_an_application_that_nobody_has_verified_is_not(printer: OAuthClient, values: Any) -> None:
    Application.objects.update(**values)

    wrong = printer.authorize(redirect_uri="https://elsewhere.example/cb")

    assert list(links_on(wrong)) == ["Go to the start page"]


def test_a_number_alone_does_not_tell_which_application_it_is(printer: OAuthClient) -> None:
    Application.objects.update(website=WEBSITE, is_verified=True)
    number = str(Application.objects.get().pk)

    wrong = printer.authorize(client_id=number, redirect_uri="https://elsewhere.example/cb")

    assert list(links_on(wrong)) == ["Go to the start page"]


def test_an_application_that_takes_codes_by_hand_is_led_back_to_after_a_no(printer: OAuthClient) -> None:
    by_hand = OAuthClient(register_legacy(redirect_uris=[OUT_OF_BAND]), printer.browser)
    Application.objects.update(website=WEBSITE, is_verified=True)

    page = by_hand.decide(**SHOWN, form={"decision": "deny"})

    assert links_on(page)["Back to www.printer.example"] == WEBSITE


def test_somebody_without_the_permission_can_log_in_as_somebody_else_and_comes_back(
    printer: OAuthClient, settings: Any
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "APPLICATIONS_PERMISSION": "oauthcore.add_application"}

    page = printer.browser.get("/oauth/applications/new?from=mail")

    assert page.status_code == 403
    assert "You may not open this page" in page.content.decode()
    way = links_on(page)["Log in as another user"]
    assert parse_qs(urlsplit(way).query) == {"next": ["/oauth/applications/new?from=mail"]}
