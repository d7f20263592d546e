"""The second step of logging in, after the password: what it asks, what it says, where it leads.

Wire §6.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from oauthcore.models import MFAChallenge, SecurityEvent
from tests.support.oauth import OAuthClient, answer
from tests.support.pages.authenticator_app import (
    STEP,
    AuthenticatorApp,
    next_in,
    show_password,
    switch_on,
    whose,
)
from tests.support.pages.reading import text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("texts and redirects; codes and challenges run everywhere in flows"),
]


@pytest.fixture
def app(ada: Any, clock: Any) -> AuthenticatorApp:
    """The app on ada's phone: her second factor is on."""
    return switch_on(ada)


@pytest.fixture
def browser(app: AuthenticatorApp) -> Client:
    """A browser in which ada's password was just typed."""
    browser = Client()
    assert show_password(browser, next_url="/oauth/connections/")["Location"] == STEP
    return browser


def test_nobody_is_logged_in_until_the_code_is_right(browser: Client, app: AuthenticatorApp) -> None:
    assert whose(browser) == ""
    assert browser.post(STEP, {"code": app.wrong_code()}).status_code == 200
    assert whose(browser) == ""
    assert not SecurityEvent.objects.filter(kind="signed_in").exists()

    answered = browser.post(STEP, {"code": app.code()})

    assert (answered.status_code, answered["Location"]) == (303, "/oauth/connections/")
    assert whose(browser) == "ada"
    assert SecurityEvent.objects.get(kind="signed_in").reason == "browser"


def test_it_names_the_person_and_keeps_nothing_of_the_password(browser: Client) -> None:
    assert "Logging in as ada" in text_of(browser.get(STEP)).replace("  ", " ")
    assert set(browser.session["oauthcore_pending_login"]) == {"challenge", "backend", "next_url", "methods"}


def test_it_names_the_application_and_speaks_the_language_of_the_link(
    stranger: OAuthClient, app: AuthenticatorApp, settings: Settings
) -> None:
    settings.LANGUAGES = [("en", "English"), ("ar", "العربية")]
    show_password(stranger.browser, next_url=next_in(stranger.authorize(lang="ar")))
    page = stranger.browser.get(STEP)

    assert b'dir="rtl"' in page.content
    assert page["Content-Language"] == "ar"
    assert "Photo Printer" in text_of(page)
    assert "form-action" not in page["Content-Security-Policy"]


@pytest.mark.parametrize("asked", [{}, {"prompt": "login"}, {"force_login": "true"}], ids=str)
def test_the_way_to_the_application_goes_on_after_it_and_asks_for_no_other_login(
    stranger: OAuthClient, app: AuthenticatorApp, asked: dict[str, str]
) -> None:
    wanted = next_in(stranger.authorize(**asked))
    show_password(stranger.browser, next_url=wanted)

    answered = stranger.browser.post(STEP, {"code": app.code()})

    assert answered["Location"] == wanted
    page = stranger.browser.get(wanted)
    decided = stranger.browser.post(
        wanted, {"transaction": page.context["transaction"], "scope": "read", "decision": "approve"}
    )
    assert answer(decided)["code"]


def test_a_phone_shows_digits_for_the_app_and_letters_for_a_recovery_code(browser: Client) -> None:
    by_app, by_paper = browser.get(STEP), browser.get(STEP, {"with": "recovery_code"})

    assert b'inputmode="numeric"' in by_app.content
    assert b'href="?with=recovery_code"' in by_app.content
    assert b"inputmode" not in by_paper.content
    assert "Recovery code" in text_of(by_paper)


def test_a_recovery_code_works_once_in_either_field_however_it_is_typed(
    browser: Client, app: AuthenticatorApp
) -> None:
    typed = app.recovery_codes[0].upper().replace("-", " ")
    assert browser.post(STEP, {"code": typed})["Location"] == "/oauth/connections/"

    again = Client()
    show_password(again)
    refused = again.post(f"{STEP}?with=recovery_code", {"code": typed})

    assert "This recovery code is wrong or was already used." in text_of(refused)
    assert whose(again) == ""
    assert again.post(f"{STEP}?with=recovery_code", {"code": app.recovery_codes[1]}).status_code == 303


def test_a_code_that_one_browser_used_is_worth_nothing_in_another(
    browser: Client, app: AuthenticatorApp
) -> None:
    other = Client()
    show_password(other)
    code = app.code()

    assert other.post(STEP, {"code": code}).status_code == 303

    assert "wrong or was already used" in text_of(browser.post(STEP, {"code": code}))
    assert whose(browser) == ""


def test_what_is_wrong_is_said_beside_the_field(browser: Client, app: AuthenticatorApp) -> None:
    html = browser.post(STEP, {"code": app.wrong_code()}).content.decode()

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="code-hint code-problem"' in html
    assert 'id="code-problem" role="alert"' in html
    assert app.wrong_code() not in html


def test_too_many_wrong_codes_end_the_login_and_it_can_be_begun_again_on_the_same_way(
    browser: Client, app: AuthenticatorApp
) -> None:
    for _ in range(5):
        last = browser.post(STEP, {"code": app.wrong_code()})

    assert "too many codes were wrong" in text_of(last)
    assert "Wait for the next code" not in text_of(last)
    assert b'href="/login?next=/oauth/connections/"' in last.content
    assert "too many codes were wrong" in text_of(browser.post(STEP, {"code": app.code()}))
    assert whose(browser) == ""
    show_password(browser)
    assert browser.post(STEP, {"code": app.code()}).status_code == 303


def test_after_the_budget_of_an_hour_even_a_right_code_waits(app: AuthenticatorApp, clock: Any) -> None:
    for number in range(2):
        browser = Client(REMOTE_ADDR=f"192.0.2.{number}")
        show_password(browser)
        for _ in range(5):
            browser.post(STEP, {"code": app.wrong_code()})
    browser = Client(REMOTE_ADDR="192.0.2.9")
    show_password(browser)

    paused = browser.post(STEP, {"code": app.code()})

    assert (paused.status_code, paused["Retry-After"]) == (429, "3600")
    assert b"Wait 60 minutes and try again." in paused.content
    assert whose(browser) == ""


@pytest.mark.parametrize("change", ["late", "password", "deactivated", "factor off", "challenge removed"])
def test_a_login_that_waits_is_over_once_something_changes(
    browser: Client, app: AuthenticatorApp, ada: Any, clock: Any, change: str
) -> None:
    code = app.code()
    if change == "late":
        clock.shift(301)
        code = app.code()
    elif change == "password":
        ada.set_password("another long walk")
        ada.save()
    elif change == "deactivated":
        type(ada).objects.update(is_active=False)
    elif change == "factor off":
        ada.oauthcore_totp.delete()
    else:
        MFAChallenge.objects.all().delete()

    assert "Log in again" in text_of(browser.post(STEP, {"code": code}))
    assert "_auth_user_id" not in browser.session


def test_it_says_that_it_is_over_before_a_code_is_typed_in_vain(browser: Client, clock: Any) -> None:
    clock.shift(301)

    assert "This took longer than 5 minutes" in text_of(browser.get(STEP))


def test_whoever_has_nothing_to_confirm_is_not_asked(printer: OAuthClient, ada: Any) -> None:
    assert Client().get(STEP)["Location"] == "/login?next=/"
    assert Client().get(f"{STEP}?next=//evil.example")["Location"] == "/login?next=/"
    assert printer.browser.get(f"{STEP}?next=/oauth/connections/")["Location"] == "/oauth/connections/"
    assert printer.browser.get(f"{STEP}?next=https://evil.example/")["Location"] == "/"


def test_what_only_looks_like_the_code_is_wrong(browser: Client, app: AuthenticatorApp) -> None:
    code = app.code()
    full_width = "".join(chr(ord(digit) - ord("0") + 0xFF10) for digit in code)

    for text in (full_width, f"{code}\x00", f"\u202e{code}", f"{code}{'0' * 60_000}"):
        assert "wrong or was already used" in text_of(browser.post(STEP, {"code": text})), ascii(text)[:20]
    assert browser.post(STEP, {"code": f" {code[:3]} {code[3:]} "}).status_code == 303


def test_the_page_is_never_stored_framed_or_sent_to_without_its_own_form(app: AuthenticatorApp) -> None:
    careful = Client(enforce_csrf_checks=True)
    page = careful.get("/login")
    fields = {"username": "ada", "password": "a long walk by the sea"}
    careful.post("/login", {**fields, "csrfmiddlewaretoken": page.context["csrf_token"]})

    refused, shown = careful.post(STEP, {"code": app.code()}), careful.get(STEP)

    assert refused.status_code == 403
    assert whose(careful) == ""
    for one in (refused, shown):
        assert one["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in one["Content-Security-Policy"]
