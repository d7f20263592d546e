"""What every page and every redirect of the authorize and login pages carries, and which methods they answer.

Wire §2 point 8; RFC 9700 §4.2.4 and §4.16, OAuth 2.1 §3.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from oauthcore.models import Application
from tests.support.oauth import OAuthClient
from tests.support.pages.refusals import assert_nothing_happened, assert_shown_on_a_page

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("headers and methods, before a view runs"),
]


def _without_csrf_token(printer: OAuthClient) -> Any:
    client = Client(enforce_csrf_checks=True)
    client.cookies = printer.browser.cookies
    return OAuthClient(printer.registered, client).decide()


#: Each page that can be met on the way through, how it is reached, and whether there is a form on it.
PAGES: dict[str, tuple[Callable[[OAuthClient], Any], bool]] = {
    "consent": (lambda printer: printer.authorize(), True),
    "consent again, with what was wrong": (lambda printer: printer.decide(form={"scope": []}), True),
    "no such application": (lambda printer: printer.authorize(client_id="unknown"), False),
    "a page answered too late": (lambda printer: printer.decide(transaction="gone"), False),
    "a form from elsewhere": (_without_csrf_token, False),
    "a method that is not answered": (lambda printer: printer.browser.put("/oauth/authorize"), False),
    "login": (lambda _: Client().get("/login"), True),
    "login, wrong": (lambda _: Client().post("/login", {"username": "ada", "password": "wrong"}), True),
}
REDIRECTS: dict[str, Callable[[OAuthClient], Any]] = {
    "a code": lambda printer: printer.decide(),
    "a denial": lambda printer: printer.decide("deny"),
    "a refusal": lambda printer: printer.authorize(scope="nonsense"),
    "to the login": lambda printer: OAuthClient(printer.registered).authorize(),
    "to the login, again": lambda printer: printer.authorize(prompt="login"),
}


def policy_of(response: Any) -> dict[str, str]:
    """Return the directives of a page's Content-Security-Policy."""
    directives = (part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in directives}


@pytest.fixture
def no_other_headers(settings: Settings) -> None:
    """A site whose own middleware adds nothing, so that what is seen is the page's."""
    adding = ("SecurityMiddleware", "XFrameOptionsMiddleware")
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith(adding)]


@pytest.mark.usefixtures("no_other_headers")
@pytest.mark.parametrize("page", [page for page, _ in PAGES.values()], ids=list(PAGES))
def test_no_page_can_be_framed_stored_or_read_from_another_site(printer: OAuthClient, page: Any) -> None:
    printer.browser.defaults["HTTP_ORIGIN"] = "http://testserver"

    response = page(printer)

    assert response["X-Frame-Options"] == "DENY"
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not [name for name in response.headers if name.startswith("Access-Control-")]
    policy = policy_of(response)
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"


@pytest.mark.parametrize(("page", "has_form"), PAGES.values(), ids=list(PAGES))
def test_where_a_page_has_a_form_the_browser_says_where_it_was_sent_from(
    printer: OAuthClient, page: Any, has_form: bool
) -> None:
    assert page(printer)["Referrer-Policy"] == ("same-origin" if has_form else "no-referrer")


def test_the_policy_lets_a_form_lead_away_where_it_may_end_at_an_application(printer: OAuthClient) -> None:
    assert "form-action" not in policy_of(printer.authorize())
    assert "form-action" not in policy_of(printer.decide(form={"scope": []}))
    assert "form-action" not in policy_of(Client().get("/login", {"next": "/oauth/authorize?client_id=x"}))


@pytest.mark.usefixtures("no_other_headers")
@pytest.mark.parametrize("decision", ["approve", "deny"])
def test_the_page_that_posts_an_answer_names_our_site_to_the_application_and_no_more(
    printer: OAuthClient, decision: str
) -> None:
    response = printer.decide(decision, response_mode="form_post")

    policy = policy_of(response)
    assert response["Referrer-Policy"] == "origin"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Frame-Options"] == "DENY"
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert "form-action" not in policy
    assert "<script>" not in response.content.decode()


@pytest.mark.parametrize("next_url", ["", "/", "/admin/", "https://evil.example/oauth/authorize"])
def test_the_policy_lets_a_login_on_its_own_lead_nowhere_else(next_url: str) -> None:
    assert policy_of(Client().get("/login", {"next": next_url}))["form-action"] == "'self'"


@pytest.mark.rfc("9700", "4.12")
@pytest.mark.parametrize("redirect", REDIRECTS.values(), ids=list(REDIRECTS))
def test_no_redirect_is_stored_repeats_a_body_or_is_read_from_another_site(
    printer: OAuthClient, redirect: Any
) -> None:
    printer.browser.defaults["HTTP_ORIGIN"] = "http://testserver"

    response = redirect(printer)

    assert response.status_code in (302, 303)
    assert "no-store" in response["Cache-Control"]
    assert not [name for name in response.headers if name.startswith("Access-Control-")]


@pytest.mark.parametrize("redirect", list(REDIRECTS.values())[:3], ids=list(REDIRECTS)[:3])
def test_an_application_is_not_told_which_page_the_person_came_from(
    printer: OAuthClient, redirect: Any
) -> None:
    assert redirect(printer)["Referrer-Policy"] == "no-referrer"


@pytest.mark.rfc("9110", "15.5.6")
@pytest.mark.parametrize("method", ["head", "options", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize("is_trusted", [False, True])
def test_a_method_other_than_get_and_post_does_nothing(
    printer: OAuthClient, method: str, is_trusted: bool
) -> None:
    Application.objects.update(is_trusted=is_trusted)
    request = getattr(printer.browser, method)

    response = request("/oauth/authorize", query_params=printer.parameters())

    assert_shown_on_a_page(response, status=405)
    assert response["Allow"] == "GET, POST"


def test_another_method_in_a_header_is_not_listened_to(printer: OAuthClient) -> None:
    response = printer.browser.get(
        "/oauth/authorize", printer.parameters(), headers={"x-http-method-override": "POST"}
    )

    assert response.status_code == 200
    assert_nothing_happened()


REFLECTED = {
    "error": "<script>alert(1)</script>",
    "error_description": "<b>call this number</b>",
    "client_id": "<img src=x onerror=alert(1)>",
    "redirect_uri": "javascript:alert(1)",
}


@pytest.mark.parametrize("path", ["/oauth/authorize", "/login", "/nowhere"])
@pytest.mark.parametrize("debug", [False, True])
def test_a_page_says_nothing_that_its_address_tells_it_to_say(
    printer: OAuthClient, settings: Any, path: str, debug: bool
) -> None:
    settings.DEBUG = (
        debug and path != "/nowhere"
    )  # Django's own page lists the site's addresses while debugging

    html = printer.browser.get(path, REFLECTED).content.decode()

    for value in REFLECTED.values():
        assert value not in html
    assert "call this number" not in html
    assert "Traceback" not in html
    assert "site-packages" not in html
