"""The page of security settings with a second factor on: what is left, new codes, switching it off."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from oauthcore.models import RecoveryCode, TOTPFactor
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages.authenticator_app import STEP, AuthenticatorApp, show_password, switch_on
from tests.support.pages.reading import text_of
from tests.support.pages.security import SECURITY, codes_on, do, is_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(ada: Any, clock: Any) -> Client:
    """A browser in which ada is logged in, at noon; her second factor is off."""
    browser = Client()
    browser.force_login(ada)
    return browser


@pytest.fixture
def app(browser: Client, ada: Any) -> AuthenticatorApp:
    """Her second factor is on since."""
    return switch_on(ada)


def test_new_recovery_codes_take_password_and_code_and_end_the_old_ones(
    browser: Client, app: AuthenticatorApp
) -> None:
    codes = codes_on(do(browser, "renew", password=PASSWORD, code=app.code()))

    assert len(set(codes)) == 10
    assert not set(codes) & set(app.recovery_codes)
    other = Client()
    show_password(other)
    assert other.post(STEP, {"code": app.recovery_codes[0]}).status_code == 200
    assert other.post(STEP, {"code": codes[0]}).status_code == 303


def test_switching_off_takes_password_and_code_and_leaves_nothing(
    browser: Client, app: AuthenticatorApp
) -> None:
    assert b"your password alone is enough to log in" in browser.get(SECURITY).content

    answered = do(browser, "switch_off", password=PASSWORD, code=app.recovery_codes[0])

    assert "Two-step verification is off." in text_of(browser.get(answered["Location"]))
    assert not TOTPFactor.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert show_password(Client())["Location"] == "/"


@pytest.mark.parametrize("what", ["renew", "switch_off"])
def test_what_weakens_it_is_done_with_neither_wrong(
    browser: Client, app: AuthenticatorApp, what: str
) -> None:
    wrong_password = do(browser, what, password="wrong", code=app.code())
    wrong_code = do(browser, what, password=PASSWORD, code=app.wrong_code())

    assert {wrong_password.status_code, wrong_code.status_code} == {400}
    assert f'id="{what}-password-problem"'.encode() in wrong_password.content
    assert f'id="{what}-code-problem"'.encode() in wrong_code.content
    assert PASSWORD.encode() not in wrong_code.content
    assert is_on()
    assert set(TOTPFactor.objects.get().recovery_codes.values_list("used_at", flat=True)) == {None}
    # A code that stood beside a wrong password was not used up.
    assert do(browser, what, password=PASSWORD, code=app.code()).status_code in (200, 303)


@pytest.mark.parametrize(("left", "warning"), [(4, ""), (3, "most of your"), (0, "no recovery codes left")])
def test_it_warns_before_the_recovery_codes_are_gone(
    browser: Client, app: AuthenticatorApp, left: int, warning: str
) -> None:
    RecoveryCode.objects.filter(
        pk__in=list(RecoveryCode.objects.values_list("pk", flat=True))[left:]
    ).delete()

    said = text_of(browser.get(SECURITY))

    assert f"Recovery codes left {left} " in said
    assert warning in said if warning else "recovery codes. Make new ones" not in said


def test_too_many_passwords_are_a_429_in_words(browser: Client, app: AuthenticatorApp) -> None:
    for _ in range(5):
        do(browser, "renew", password="wrong", code="x")

    answered = do(browser, "switch_off", password=PASSWORD, code=app.code())

    assert (answered.status_code, answered["Retry-After"]) == (429, "300")
    assert b"Wait 5 minutes and try again." in answered.content
    assert is_on()


def test_too_many_codes_are_a_429_in_words_and_share_their_budget_with_the_login(
    browser: Client, app: AuthenticatorApp, settings: Settings
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_LIMIT": (3, 60)}
    for _ in range(3):
        do(browser, "switch_off", password=PASSWORD, code=app.wrong_code())

    answered = do(browser, "switch_off", password=PASSWORD, code=app.code())

    assert (answered.status_code, answered["Retry-After"]) == (429, "60")
    other = Client()
    show_password(other)
    assert other.post(STEP, {"code": app.code()}).status_code == 429


def test_what_was_done_in_another_window_meanwhile_is_said(browser: Client, app: AuthenticatorApp) -> None:
    on = do(browser, "begin", password=PASSWORD)
    TOTPFactor.objects.all().delete()
    off = do(browser, "switch_off", password=PASSWORD, code=app.code())

    assert (on.status_code, off.status_code) == (303, 303)
    assert "Start again" in text_of(browser.get(off["Location"]))


@pytest.mark.parametrize("kept_by", ["site", "nobody"])
def test_a_factor_that_is_not_ours_is_looked_after_elsewhere(
    browser: Client, settings: Settings, kept_by: str
) -> None:
    factors = {
        "site": "tests.support.second_factors.BrokenCode",
        "nobody": "oauthcore.second_factor.NoSecondFactor",
    }
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR": factors[kept_by]}

    said = text_of(browser.get(SECURITY))

    assert ("You switch it on and off on another page" in said) == (kept_by == "site")
    assert ("Two-step verification On" in said) == (kept_by == "site")
    assert "Devices" in said
    for what in ("begin", "renew", "switch_off"):
        assert do(browser, what, password=PASSWORD, code="123456").status_code == 404
    assert not TOTPFactor.objects.exists()


def test_what_no_form_of_the_page_says_is_not_found(browser: Client) -> None:
    assert do(browser, "begin all over").status_code == 404
    assert browser.post(SECURITY, {}).status_code == 404
    assert do(browser, "confirm").status_code == 303
    assert do(browser, "begin").status_code == 400
    assert browser.put(SECURITY).status_code == 405


def test_another_site_can_send_none_of_its_forms(ada: Any) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(ada)

    assert do(careful, "begin", password=PASSWORD).status_code == 403
    assert not TOTPFactor.objects.exists()


def test_nobody_elses_factor_can_be_touched(browser: Client) -> None:
    bens = switch_on(UserFactory(username="ben"))

    do(browser, "switch_off", password=PASSWORD, code=bens.code())

    assert is_on()
    assert "Two-step verification Off" in text_of(browser.get(SECURITY))
