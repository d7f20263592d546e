"""Who has to log in before the authorize page speaks to them, and who has to do so again.

Wire §2 point 5; OpenID Connect Core §3.1.2.1.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from oauthcore import conf
from oauthcore.models import AuthorizationCode, Grant
from tests.support.factories import PASSWORD, UserFactory
from tests.support.oauth import OAuthClient, answer, me
from tests.support.pages.refusals import assert_refused

pytestmark = pytest.mark.django_db

AGAIN = [{"force_login": "true"}, {"force_login": "True"}, {"force_login": "1"}, {"prompt": "login"}]


def log_in(browser: Client, path: str, *, username: str = "ada") -> str:
    """Log in at the login page that an answer leads to, and return where the person comes out."""
    assert urlsplit(path).path == "/login"
    assert browser.get(path).status_code == 200
    response = browser.post(path, {"username": username, "password": PASSWORD})
    assert response.status_code == 302, response.content
    return str(response["Location"])


def test_somebody_who_is_not_logged_in_comes_back_to_the_same_request(stranger: OAuthClient) -> None:
    sent = stranger.parameters(state="a state & more", scope="read api.images.read")

    back = log_in(stranger.browser, stranger.authorize(**sent)["Location"])

    assert urlsplit(back).path == "/oauth/authorize"
    assert dict(parse_qsl(urlsplit(back).query)) == sent
    assert stranger.browser.get(back).status_code == 200


def test_the_login_page_says_which_application_is_waiting(stranger: OAuthClient) -> None:
    assert b"Photo Printer" in stranger.browser.get(stranger.authorize()["Location"]).content


@pytest.mark.parametrize("asked", AGAIN, ids=str)
def test_credentials_are_asked_for_again_once_and_not_in_a_loop(
    printer: OAuthClient, asked: dict[str, str]
) -> None:
    back = log_in(printer.browser, printer.authorize(**asked)["Location"])

    page = printer.browser.get(back)

    assert page.status_code == 200
    decided = printer.browser.post(
        back, {"transaction": page.context["transaction"], "scope": "read", "decision": "approve"}
    )
    assert answer(decided)["code"]


@pytest.mark.parametrize("asked", AGAIN, ids=str)
def test_each_request_asks_anew_and_looking_is_not_enough(
    printer: OAuthClient, asked: dict[str, str]
) -> None:
    first = printer.authorize(**asked)["Location"]
    way_back = dict(parse_qsl(urlsplit(first).query))["next"]

    assert printer.browser.get(way_back)["Location"].startswith("/oauth/login-again?")
    log_in(printer.browser, first)

    assert printer.authorize(**asked)["Location"].startswith("/login?")


def test_a_login_from_before_the_request_is_not_taken_for_a_new_one(printer: OAuthClient, clock: Any) -> None:
    way_back = dict(parse_qsl(urlsplit(printer.authorize(prompt="login")["Location"]).query))["next"]
    clock.shift(-3600)
    printer.browser.force_login(UserFactory(username="ben"))
    clock.shift(3600)

    assert printer.browser.get(way_back)["Location"].startswith("/oauth/login-again?")


@pytest.mark.parametrize("asked", [{}, {"force_login": "false"}, {"force_login": "0"}, {"prompt": "consent"}])
def test_otherwise_a_login_that_stands_is_enough(printer: OAuthClient, asked: dict[str, str]) -> None:
    assert printer.authorize(**asked).status_code == 200


def test_the_person_can_come_back_as_somebody_else(printer: OAuthClient) -> None:
    ben = UserFactory(username="ben")
    back = log_in(printer.browser, printer.authorize(force_login="true")["Location"], username="ben")

    page = printer.browser.get(back)
    decided = printer.browser.post(
        back, {"transaction": page.context["transaction"], "scope": "read", "decision": "approve"}
    )

    assert AuthorizationCode.objects.get().grant.user == ben
    token = printer.redeem(answer(decided)["code"]).json()["access_token"]
    assert me(token).json()["user"]["username"] == "ben"


def test_credentials_given_again_do_not_stand_for_consent_withheld(printer: OAuthClient) -> None:
    printer.tokens()
    UserFactory(username="ben")

    back = log_in(printer.browser, printer.authorize(force_login="true")["Location"], username="ben")

    assert printer.browser.get(back).status_code == 200


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"prompt": "none"}, "consent_required"),
        ({"prompt": "none", "force_login": "true"}, "login_required"),
    ],
    ids=str,
)
def test_silence_is_kept_towards_somebody_who_is_logged_in(
    printer: OAuthClient, asked: dict[str, str], error: str
) -> None:
    assert_refused(printer.authorize(**asked), error)


@pytest.mark.parametrize("asked", [{}, {"force_login": "true"}], ids=str)
def test_silence_is_kept_towards_somebody_who_is_not(stranger: OAuthClient, asked: dict[str, str]) -> None:
    assert_refused(stranger.authorize(prompt="none", **asked), "login_required")


def test_what_was_approved_before_is_answered_in_silence(printer: OAuthClient) -> None:
    printer.tokens()

    assert answer(printer.authorize(prompt="none"))["code"]
    assert (
        answer(printer.authorize(prompt="none", scope="read api.images.read"))["error"] == "consent_required"
    )


def test_somebody_who_was_deactivated_is_not_logged_in_any_more(printer: OAuthClient, ada: Any) -> None:
    ada.is_active = False
    ada.save()

    assert printer.authorize()["Location"].startswith("/login?")


def test_somebody_whom_the_site_does_not_vouch_for_any_more_gets_no_page(
    printer: OAuthClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    transaction = printer.authorize().context["transaction"]
    monkeypatch.setattr(conf.settings().account_backend, "is_live_user", lambda user: False)

    assert_refused(printer.authorize(), "login_required")
    assert_refused(printer.decide(transaction=transaction), "login_required")


def test_after_logging_out_a_page_left_open_leads_to_the_login_and_opens_nothing(
    printer: OAuthClient,
) -> None:
    transaction = printer.authorize().context["transaction"]
    assert printer.browser.get("/logout").status_code == 405
    printer.browser.post("/logout")

    assert printer.decide(transaction=transaction)["Location"].startswith("/login?")
    assert not Grant.objects.exists()


def test_a_session_planted_before_the_login_is_worth_nothing_after_it(stranger: OAuthClient) -> None:
    session = stranger.browser.session
    session["planted"] = True
    session.save()
    planted = stranger.browser.cookies["sessionid"].value

    log_in(stranger.browser, stranger.authorize()["Location"])
    attacker = Client()
    attacker.cookies["sessionid"] = planted

    assert stranger.browser.cookies["sessionid"].value != planted
    assert OAuthClient(stranger.registered, attacker).authorize()["Location"].startswith("/login?")


def test_the_page_offers_to_go_on_as_somebody_else_and_to_come_back(printer: OAuthClient) -> None:
    UserFactory(username="ben")
    page = printer.authorize()
    path = page.context["switch_url"]

    assert f'href="{path}"' in page.content.decode().replace("&amp;", "&")
    back = log_in(printer.browser, printer.browser.get(path)["Location"], username="ben")

    assert "ben" in printer.browser.get(back).content.decode()
