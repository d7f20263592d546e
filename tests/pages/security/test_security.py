"""The page of security settings: the second factor switched on, its key, its recovery codes."""

from __future__ import annotations

import re
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from oauthcore.flows.second_factor import totp_settings
from oauthcore.models import SecurityEvent, TOTPFactor
from oauthcore.pages.security.qr_code import as_svg
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.factories import PASSWORD
from tests.support.pages.authenticator_app import STEP, show_password, whose
from tests.support.pages.reading import text_of
from tests.support.pages.security import SECURITY, begin, codes_on, do, is_on, key_on

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("texts and forms; races/test_second_factor_settings.py runs on PostgreSQL"),
]


@pytest.fixture
def browser(ada: Any, clock: Any) -> Client:
    """A browser in which ada is logged in, at noon; her second factor is off."""
    browser = Client()
    browser.force_login(ada)
    return browser


def test_whoever_is_not_logged_in_is_asked_to_and_comes_back(db: None) -> None:
    assert Client().get(SECURITY)["Location"] == "/login?next=/oauth/security/"


def test_a_factor_is_switched_on_with_password_key_and_first_code(browser: Client) -> None:
    assert "Two-step verification Off" in text_of(browser.get(SECURITY))
    app = begin(browser)
    assert not is_on()

    shown = do(browser, "confirm", code=app.code())

    codes = codes_on(shown)
    assert len(set(codes)) == 10
    assert shown["Cache-Control"] == "no-store"
    said = text_of(browser.get(SECURITY))
    assert "Two-step verification On" in said
    assert "Recovery codes left 10" in said
    assert SecurityEvent.objects.filter(kind="second_factor_on").count() == 1
    other = Client()
    show_password(other)
    assert other.post(STEP, {"code": codes[3]}).status_code == 303
    assert "Recovery codes left 9" in text_of(browser.get(SECURITY))


def test_the_key_is_shown_as_picture_as_link_and_as_text(browser: Client, settings: Settings) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SITE_NAME": "Lumen & Co"}
    begin(browser)

    page = browser.get(SECURITY)

    link = re.search(r'href="(otpauth://[^"]*)"', page.content.decode())
    assert link is not None
    uri = urlsplit(link[1].replace("&amp;", "&"))
    assert uri.path == "/Lumen%20%26%20Co:ada"
    assert parse_qs(uri.query)["secret"] == [key_on(page)]
    assert len(key_on(page)) == 32
    svg = re.search(r"<svg[^>]*qr-code.*?</svg>", page.content.decode(), re.DOTALL)
    assert svg is not None
    assert 'fill="#fff"' in svg[0]
    assert "style" not in svg[0]


def test_without_segno_there_is_no_picture_but_the_key(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    begin(browser)

    page = browser.get(SECURITY)

    assert b"qr-" not in page.content
    assert "Scan the code" not in text_of(page)
    assert key_on(page)


def test_a_wrong_password_shows_no_key(browser: Client) -> None:
    answered = do(browser, "begin", password="wrong")

    assert answered.status_code == 400
    assert b"This password is wrong." in answered.content
    assert b'aria-describedby="begin-password-problem"' in answered.content
    assert not TOTPFactor.objects.exists()


def test_a_wrong_first_code_leaves_the_key_as_it_was(browser: Client) -> None:
    app = begin(browser)
    key = key_on(browser.get(SECURITY))

    answered = do(browser, "confirm", code=app.wrong_code())

    assert answered.status_code == 400
    assert b'aria-describedby="confirm-code-problem"' in answered.content
    assert key_on(answered) == key
    assert codes_on(do(browser, "confirm", code=app.code()))


def test_recovery_codes_are_shown_once(browser: Client) -> None:
    app = begin(browser)
    code = app.code()
    codes = codes_on(do(browser, "confirm", code=code))

    again = do(browser, "confirm", code=code)  # as reloading the page does

    assert again.status_code == 303
    said = text_of(browser.get(again["Location"]))
    assert "were shown only once" in said
    assert not any(one in said for one in codes)


def test_the_key_is_not_in_the_session_nor_the_codes(browser: Client) -> None:
    app = begin(browser)
    key = key_on(browser.get(SECURITY))
    codes = codes_on(do(browser, "confirm", code=app.code()))

    kept = str(dict(browser.session))
    assert key not in kept
    assert not any(one in kept for one in codes)
    assert not key_on(browser.get(SECURITY))


class TestAKeyThatWaits:
    def test_is_shown_in_the_browser_that_proved_the_password_and_in_no_other(
        self, browser: Client, ada: Any
    ) -> None:
        other = Client()
        other.force_login(ada)
        app = begin(browser)

        assert not key_on(other.get(SECURITY))
        assert do(other, "confirm", code=app.code()).status_code == 303
        assert not is_on()

    def test_is_not_shown_to_whoever_stole_the_session_before(self, browser: Client) -> None:
        thief = Client()
        thief.cookies["sessionid"] = browser.cookies["sessionid"].value
        assert whose(thief) == "ada"

        app = begin(browser)

        assert whose(thief) == ""
        stolen = Client()
        stolen.cookies["sessionid"] = browser.cookies["sessionid"].value
        do(browser, "confirm", code=app.code())
        assert whose(stolen) == ""
        assert whose(browser) == "ada"

    def test_is_shown_for_a_quarter_of_an_hour(self, browser: Client, clock: Any) -> None:
        app = begin(browser)
        clock.shift(totp_settings.SHOWN_AGAIN.total_seconds() - 1)
        assert key_on(browser.get(SECURITY))
        clock.shift(1)

        assert not key_on(browser.get(SECURITY))
        late = do(browser, "confirm", code=app.code())
        assert "This took too long" in text_of(browser.get(late["Location"]))
        assert not is_on()

    def test_gives_way_to_one_that_is_made_elsewhere(self, browser: Client, ada: Any) -> None:
        first = begin(browser)
        totp_settings.begin_totp(ada, password=HiddenText(PASSWORD))  # as an app of the person's does

        assert not key_on(browser.get(SECURITY))
        assert do(browser, "confirm", code=first.code()).status_code == 303
        assert not is_on()

    def test_can_be_left(self, browser: Client) -> None:
        app = begin(browser)
        do(browser, "cancel")

        assert not key_on(browser.get(SECURITY))
        do(browser, "confirm", code=app.code())
        assert not is_on()

    def test_that_no_key_opens_any_more_is_begun_again(self, browser: Client, settings: Settings) -> None:
        begin(browser)
        settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_KEYS": ["another key " * 4]}

        assert "Two-step verification Off" in text_of(browser.get(SECURITY))


def test_where_the_address_is_too_long_for_a_qr_code_there_is_none() -> None:
    assert as_svg(HiddenText("otpauth://totp/" + "x" * 3000)) == ""
