"""Sessions across the two steps: whose they are, what they outlive, where they lead."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.support.factories import UserFactory
from tests.support.pages.authenticator_app import STEP, AuthenticatorApp, show_password, switch_on, whose

pytestmark = pytest.mark.django_db


@pytest.fixture
def app(ada: Any, clock: Any) -> AuthenticatorApp:
    return switch_on(ada)


@pytest.fixture
def half_in(app: AuthenticatorApp, ada: Any) -> Client:
    """A browser in which a login of the site's own has logged ada in."""
    browser = Client()
    browser.force_login(ada)
    return browser


def test_logging_out_in_the_middle_ends_what_waited(app: AuthenticatorApp, half_in: Client) -> None:
    waiting = Client()
    show_password(waiting)
    for browser in (waiting, half_in):
        browser.post("/logout")

        assert browser.get(STEP)["Location"] == "/login?next=/"
        assert browser.post(STEP, {"code": app.code()})["Location"] == "/login?next=/"
        assert whose(browser) == ""


def test_a_session_planted_before_the_login_is_worth_nothing_at_either_step(app: AuthenticatorApp) -> None:
    browser = Client()
    session = browser.session
    session["planted"] = True
    session.save()
    browser.cookies["sessionid"] = planted = str(session.session_key)
    show_password(browser)
    between = browser.cookies["sessionid"].value
    browser.post(STEP, {"code": app.code()})
    after = browser.cookies["sessionid"].value

    assert len({planted, between, after}) == 3
    for stolen in (planted, between):
        thief = Client()
        thief.cookies["sessionid"] = stolen
        assert whose(thief) == ""
        assert thief.get(STEP)["Location"] == "/login?next=/"


def test_a_session_stolen_between_the_steps_ends_with_the_second(
    half_in: Client, app: AuthenticatorApp
) -> None:
    thief = Client()
    thief.cookies["sessionid"] = half_in.cookies["sessionid"].value

    half_in.post(STEP, {"code": app.code()})

    assert whose(half_in) == "ada"
    assert whose(thief) == ""


@pytest.mark.parametrize("has_factor", [False, True])
def test_logging_in_again_as_the_same_person_ends_a_session_that_was_stolen(
    has_factor: bool, ada: Any, clock: Any
) -> None:
    browser, thief = Client(), Client()
    show_password(browser)
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert whose(thief) == "ada"
    app = switch_on(ada) if has_factor else None

    show_password(browser)
    if app:
        browser.post(STEP, {"code": app.code()})

    assert whose(browser) == "ada"
    assert whose(thief) == ""


def test_whoever_is_logged_in_stays_so_until_somebody_else_has_taken_both_steps(
    app: AuthenticatorApp,
) -> None:
    browser = Client()
    browser.force_login(UserFactory(username="ben"))
    session = browser.session
    session["of ben"] = "a basket"
    session.save()
    show_password(browser)
    assert whose(browser) == "ben"
    browser.post(STEP, {"code": app.wrong_code()})
    assert whose(browser) == "ben"

    browser.post(STEP, {"code": app.code()})

    assert whose(browser) == "ada"
    assert "of ben" not in browser.session


def test_the_code_of_one_person_is_none_of_another(app: AuthenticatorApp) -> None:
    bens = switch_on(UserFactory(username="ben"))
    browser = Client()
    show_password(browser)

    assert browser.post(STEP, {"code": bens.code()}).status_code == 200
    assert browser.post(STEP, {"code": bens.recovery_codes[0]}).status_code == 200
    assert whose(browser) == ""


def test_a_factor_that_staff_removed_meanwhile_is_not_asked_for(half_in: Client, ada: Any) -> None:
    ada.oauthcore_totp.delete()

    assert half_in.get(f"{STEP}?next=/oauth/connections/")["Location"] == "/oauth/connections/"
    assert whose(half_in) == "ada"


def test_it_leads_to_the_page_that_was_asked_for_last(half_in: Client, app: AuthenticatorApp) -> None:
    for path in ("/oauth/applications/", "/oauth/connections/"):
        asked = half_in.get(half_in.get(path)["Location"])

    assert asked.status_code == 200
    assert half_in.post(STEP, {"code": app.code()})["Location"] == "/oauth/connections/"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https:evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https://evil.example",
        "\t//evil.example",
        "https://testserver@evil.example",
    ],
    ids=ascii,
)
def test_after_the_second_step_nobody_lands_on_another_site(
    app: AuthenticatorApp, ada: Any, target: str
) -> None:
    through_login, through_address, half_in = Client(), Client(), Client()
    show_password(through_login, next_url=target)
    show_password(through_address)
    half_in.force_login(ada)

    assert through_login.post(STEP, {"code": app.code(steps=-1)})["Location"] == "/"
    for browser, steps in ((through_address, 0), (half_in, 1)):
        answered = browser.post(STEP, {"code": app.code(steps=steps)}, query_params={"next": target})
        assert answered["Location"] == "/"
