"""Codes that are shown on a page, to be copied by hand: ``urn:ietf:wg:oauth:2.0:oob``.

Wire §2 points 2, 7 and 8.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from oauthcore.models import Application, AuthorizationCode, Consent, SecurityEvent
from tests.support.factories import REDIRECT_URI, register, register_public
from tests.support.oauth import OAuthClient, answer, is_live
from tests.support.pages.legacy import OUT_OF_BAND, SHOWN, at_browser_of, code_on, register_legacy
from tests.support.pages.reading import text_of
from tests.support.pages.refusals import assert_shown_on_a_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def old(printer: OAuthClient) -> OAuthClient:
    """A legacy application that has its codes copied by hand."""
    return at_browser_of(printer, register_legacy(redirect_uris=[OUT_OF_BAND]))


def test_a_yes_is_answered_with_a_page_that_shows_the_code(old: OAuthClient, atomic_requests: bool) -> None:
    page = old.decide(**SHOWN)

    assert "Location" not in page
    assert "Your code for Photo Printer" in text_of(page)
    tokens = old.redeem(code_on(page), **SHOWN).json()
    assert is_live(tokens["access_token"])


def test_the_code_stands_in_the_body_and_nowhere_else(old: OAuthClient) -> None:
    page = old.decide(**SHOWN)
    code, html = code_on(page), page.content.decode()

    assert html.count(code) == 1
    assert code not in str(page.headers)
    assert code not in page.wsgi_request.get_full_path()
    assert code not in str(page.cookies)
    assert code not in "".join(re.findall(r"<title>.*?</title>", html, re.DOTALL))
    assert code not in "".join(re.findall(r"<[^>]*>", html)), "in an attribute, so perhaps in an address"
    assert code not in str(dict(old.browser.session))
    assert code not in str(list(SecurityEvent.objects.values()))


def test_the_page_is_kept_by_nobody_and_tells_nobody_where_it_was(old: OAuthClient) -> None:
    page = old.decide(**SHOWN)

    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert not re.search(r'(?:src|href|action)="(?!/|#content")', page.content.decode())


def test_there_is_a_button_to_copy_it_that_works_with_a_script_and_is_not_there_without(
    old: OAuthClient,
) -> None:
    html = old.decide(**SHOWN).content.decode()

    (button,) = re.findall(r"<button[^>]*data-copy=\"code\"[^>]*>", html)
    assert " hidden" in button
    assert '<output id="code"' in html
    assert re.search(r'<script type="module" src="[^"]*oauthcore/copy\.js">', html)


@pytest.mark.parametrize(
    ("seconds", "words"), [(60, "1 minute"), (1, "1 second"), (90, "90 seconds"), (600, "10 minutes")]
)
def test_the_page_says_for_how_long_the_code_works(
    old: OAuthClient, settings: Any, seconds: int, words: str
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "AUTHORIZATION_CODE_LIFETIME": seconds}

    assert f"paste it there. It works once, and for {words}." in text_of(old.decide(**SHOWN))


def test_the_state_and_the_issuer_are_for_programs_and_not_shown(old: OAuthClient) -> None:
    page = old.decide(**SHOWN, state="a-state-for-nobody")

    assert b"a-state-for-nobody" not in page.content


def test_the_page_names_the_application_as_text(old: OAuthClient) -> None:
    Application.objects.update(name="<script>alert(1)</script>{{ code }}")

    page = old.decide(**SHOWN)

    assert b"<script>alert" not in page.content
    assert page.content.decode().count(code_on(page)) == 1


def test_the_consent_page_says_that_a_code_comes_next(old: OAuthClient) -> None:
    page = old.authorize(**SHOWN)

    assert page.context["destination"]["is_code"] is True
    assert "Next you see a code. Copy it into the application." in text_of(page)
    assert "urn" not in text_of(page)


def test_an_answered_page_shows_no_second_code(old: OAuthClient) -> None:
    transaction = old.authorize(**SHOWN).context["transaction"]
    old.decide(transaction=transaction, **SHOWN)

    again = old.decide(transaction=transaction, **SHOWN)

    assert again.status_code == 400
    assert AuthorizationCode.objects.count() == 1


def test_the_address_may_be_left_out_where_it_is_the_only_one(old: OAuthClient) -> None:
    assert code_on(old.decide(redirect_uri=None))


def test_an_application_may_have_it_beside_an_address(printer: OAuthClient) -> None:
    both = at_browser_of(printer, register_legacy(redirect_uris=[REDIRECT_URI, OUT_OF_BAND]))

    assert code_on(both.decide(**SHOWN))
    assert answer(both.authorize())["code"]
    assert_page_without_change(both.authorize(redirect_uri=None))


def assert_page_without_change(page: Any) -> None:
    assert page.status_code == 400
    assert "Location" not in page


@pytest.mark.rfc("6749", "4.1.3")
@pytest.mark.parametrize("sent", [REDIRECT_URI, "", f"{OUT_OF_BAND}:auto", OUT_OF_BAND.upper()])
def test_the_code_is_redeemed_with_the_same_address_only(old: OAuthClient, sent: str) -> None:
    code = code_on(old.decide(**SHOWN))

    assert old.redeem(code, redirect_uri=sent).status_code == 400
    assert old.redeem(code, **SHOWN).status_code == 200


class TestSilence:
    """What was approved before shows its code at once, where nobody else could have asked."""

    def test_shows_the_page_with_the_code(self, old: OAuthClient) -> None:
        first = code_on(old.decide(**SHOWN))

        page = old.authorize(**SHOWN)

        assert code_on(page) != first
        assert old.redeem(code_on(page), **SHOWN).status_code == 200
        assert page["Referrer-Policy"] == "no-referrer"
        assert code_on(old.authorize(**SHOWN, prompt="none"))

    def test_is_not_kept_towards_a_public_application(self, printer: OAuthClient) -> None:
        public = register_public(profile="oauth2.0", redirect_uris=[OUT_OF_BAND])
        old = at_browser_of(printer, public)
        code_on(old.decide(**SHOWN))

        assert "transaction" in old.authorize(**SHOWN).context
        page = old.authorize(**SHOWN, prompt="none")
        assert page.context["developer_hint"].startswith("consent_required: ")

    def test_is_kept_towards_a_trusted_one(self, printer: OAuthClient) -> None:
        trusted = register_legacy(redirect_uris=[OUT_OF_BAND], is_trusted=True)

        assert code_on(at_browser_of(printer, trusted).authorize(**SHOWN))
        assert not Consent.objects.exists()


@pytest.mark.parametrize(
    "uri", [f"{OUT_OF_BAND}:auto", OUT_OF_BAND.upper(), f"{OUT_OF_BAND}/", f"{OUT_OF_BAND}?x"]
)
def test_no_address_like_it_is_known(old: OAuthClient, uri: str) -> None:
    assert_shown_on_a_page(old.authorize(redirect_uri=uri))
    Application.objects.update(redirect_uris=[uri])
    assert_shown_on_a_page(old.authorize(redirect_uri=uri))


def test_it_cannot_be_registered_for_an_application_of_today(db: None) -> None:
    for values in ({"redirect_uris": [OUT_OF_BAND]}, {"redirect_uris": [REDIRECT_URI, OUT_OF_BAND]}):
        with pytest.raises(ValidationError) as refused:
            register(**values)
        assert set(refused.value.message_dict) == {"redirect_uris"}


def test_an_application_of_today_is_shown_no_code_whoever_wrote_it_there(printer: OAuthClient) -> None:
    Application.objects.update(redirect_uris=[OUT_OF_BAND], is_trusted=True)

    assert_shown_on_a_page(printer.authorize(**SHOWN))
    assert_shown_on_a_page(printer.authorize(redirect_uri=None, prompt="none"))
