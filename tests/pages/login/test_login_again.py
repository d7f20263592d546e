"""The page that asks for a password where the site's login page sends logged-in people straight back.

Wire §2 point 5.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from tests.support.factories import PASSWORD, UserFactory
from tests.support.oauth import OAuthClient, answer
from tests.support.pages.authenticator_app import STEP, switch_on

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("redirects and one value in the session"),
]

AGAIN = "/oauth/login-again"


@pytest.fixture(autouse=True)
def _sends_back(settings: Settings) -> None:
    """The site's login page is Django's, with ``redirect_authenticated_user``."""
    settings.ROOT_URLCONF, settings.LOGIN_URL = "tests.support.sites.own_logins", "/sends-back"


def arrive(browser: Client, response: Any) -> Any:
    """Follow redirects within the site, as a browser does, and return the page at their end."""
    for _ in range(6):
        if response.status_code not in (302, 303):
            return response
        response = browser.get(response["Location"])
    return pytest.fail("the browser goes round in circles")


def give(browser: Client, page: Any, **typed: str) -> Any:
    """Send the form of a page, and return the page at the end of what follows."""
    fields = {"username": "ada", "password": PASSWORD, **typed}
    return arrive(browser, browser.post(page.wsgi_request.get_full_path(), fields))


@pytest.mark.parametrize("asked", [{"prompt": "login"}, {"force_login": "true"}], ids=str)
@pytest.mark.parametrize("state", ["a state", "s" * 2000], ids=["short", "long"])
def test_a_password_is_asked_for_once_and_then_consent(
    printer: OAuthClient, asked: dict[str, str], state: str
) -> None:
    page = arrive(printer.browser, printer.authorize(state=state, **asked))
    assert page.wsgi_request.path == AGAIN
    assert page.context["form"]["username"].value() == "ada"
    assert "Photo Printer" in page.content.decode()

    consent = give(printer.browser, page)

    fields = {"transaction": consent.context["transaction"], "scope": "read", "decision": "approve"}
    assert answer(printer.browser.post(consent.context["form_action"], fields))["state"] == state


def test_somebody_who_was_not_logged_in_is_asked_once(stranger: OAuthClient) -> None:
    page = arrive(stranger.browser, stranger.authorize(prompt="login"))
    assert page.wsgi_request.path == "/sends-back"

    next_url = dict(parse_qsl(urlsplit(page.wsgi_request.get_full_path()).query))["next"]
    assert give(stranger.browser, page, next=next_url).context["person_name"] == "ada"


def test_a_wrong_password_leads_no_further_and_counts(printer: OAuthClient, settings: Settings) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGIN_LIMIT": (2, 300)}
    page = arrive(printer.browser, printer.authorize(prompt="login"))

    for _ in range(2):
        page = give(printer.browser, page, password="wrong")
        assert (page.status_code, page.wsgi_request.path) == (200, AGAIN)

    assert give(printer.browser, page).status_code == 429


def test_the_second_factor_is_asked_for_as_well(printer: OAuthClient, ada: Any, clock: Any) -> None:
    app = switch_on(ada)
    page = arrive(printer.browser, printer.authorize(prompt="login"))

    step = give(printer.browser, page)
    assert step.wsgi_request.path == STEP
    consent = arrive(printer.browser, printer.browser.post(STEP, {"code": app.code()}))

    assert consent.context["person_name"] == "ada"


@pytest.mark.parametrize("state", ["a state", "s" * 2000], ids=["short", "long"])
def test_the_link_for_another_login_leads_there_too(printer: OAuthClient, state: str) -> None:
    UserFactory(username="ben")
    consent = arrive(printer.browser, printer.authorize(state=state))

    page = arrive(printer.browser, printer.browser.get(consent.context["switch_url"]))
    assert page.wsgi_request.path == AGAIN
    assert not page.context["form"]["username"].value()

    assert give(printer.browser, page, username="ben").context["person_name"] == "ben"


@pytest.mark.parametrize("state", ["a state", "s" * 2000], ids=["short", "long"])
def test_whoever_has_no_password_logs_out_and_in_another_way(printer: OAuthClient, state: str) -> None:
    page = arrive(printer.browser, printer.authorize(prompt="login", state=state))

    login = give(printer.browser, page, another_way="1", password="")
    assert login.wsgi_request.path == "/sends-back"
    next_url = dict(parse_qsl(urlsplit(login.wsgi_request.get_full_path()).query))["next"]

    consent = give(printer.browser, login, next=next_url)
    assert consent.context["person_name"] == "ada"


def test_nobody_is_logged_out_by_another_site(printer: OAuthClient, ada: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)

    assert browser.post(AGAIN, {"another_way": "1"}).status_code in (303, 403)
    assert browser.session["_auth_user_id"] == str(ada.pk)


def test_whoever_is_not_logged_in_is_sent_to_the_login_page_of_the_site(db: None) -> None:
    assert Client().get(AGAIN, {"next": "/album"})["Location"] == "/sends-back?next=/album"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "javascript:alert(1)"])
def test_it_leads_to_no_other_site(printer: OAuthClient, target: str) -> None:
    path = f"{AGAIN}?next={target}"
    for fields in ({"username": "ada", "password": PASSWORD}, {"another_way": "1"}):
        assert "evil" not in printer.browser.post(path, fields)["Location"]


def test_a_login_as_somebody_who_was_asked_about_leads_on_with_a_hint(printer: OAuthClient) -> None:
    page = arrive(printer.browser, printer.authorize(prompt="login", login_hint="ben@example.org"))

    assert page.context["form"]["username"].value() == "ben@example.org"
