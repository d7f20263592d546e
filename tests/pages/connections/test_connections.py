"""The page of connected applications and devices: what it says."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from oauthcore.models import Application, ClientSecret, Device
from oauthcore.recording import usage
from tests.support.factories import bearer, device_session, register
from tests.support.oauth import OAuthClient, is_live
from tests.support.pages.reading import text_of
from tests.support.reference_site.factories import MembershipFactory

PATH = "/oauth/connections/"


def test_whoever_is_not_logged_in_is_asked_to_and_comes_back(db: None) -> None:
    assert Client().get(PATH)["Location"] == "/login?next=/oauth/connections/"


def test_without_connections_it_says_so(printer: OAuthClient) -> None:
    said = text_of(printer.browser.get(PATH))

    assert "No application has access to your account." in said
    assert "No devices are signed in." in said


def test_it_says_what_an_application_may_do_in_words(printer: OAuthClient) -> None:
    printer.tokens(scope="read api.images.read")

    said = text_of(printer.browser.get(PATH))

    assert "Photo Printer" in said
    assert "Read images, sets, keywords and facets" in said
    assert "api.images.read" not in said
    assert "1 session " in said


def test_what_includes_something_sensitive_is_marked_and_what_it_includes_is_not_repeated(
    printer: OAuthClient, ada: Any, settings: Settings
) -> None:
    words = {
        "write": "Write all",
        "write:media": "Upload pictures",
        "write:all:gone": {"description": "Erase all", "sensitive": True},
        "loop:a": {"description": "Polish lenses", "includes": ["loop:b"]},
        "loop:b": {"description": "Dust lenses", "includes": ["loop:a"]},
    }
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": words}
    scopes = ["write", "write:media", "loop:a", "loop:b", "gone"]
    application = printer.registered.application
    application.scopes = scopes
    application.save()
    bearer(user=ada, application=application, scopes=scopes)

    said = text_of(printer.browser.get(PATH))

    assert "Write all Sensitive" in said
    assert "Upload pictures" not in said
    assert "Erase all" not in said
    assert "Polish lenses" in said
    assert "Dust lenses" not in said


def test_the_website_of_an_application_is_named_as_on_the_consent_page(printer: OAuthClient) -> None:
    printer.tokens(scope="read")
    Application.objects.update(website="https://\u0430pple.example/")

    assert "xn--pple-43d.example" in text_of(printer.browser.get(PATH))


def test_an_application_without_a_scope_of_the_site_knows_who_you_are(printer: OAuthClient, ada: Any) -> None:
    bearer(user=ada, scopes=["of-yesterday"])

    assert "See who you are, and nothing more." in text_of(printer.browser.get(PATH))


def test_it_names_the_accounts_and_those_that_are_lost(printer: OAuthClient, ada: Any) -> None:
    studio = MembershipFactory(user=ada, account__name="Harbour Studio").account
    lost = MembershipFactory(account__name="Somebody Else's").account
    for account in (studio, lost):
        bearer(user=ada, application=printer.registered.application, account_uuid=account.uuid)

    said = text_of(printer.browser.get(PATH))

    assert "Harbour Studio" in said
    assert "an account that you no longer belong to" in said
    assert "Somebody Else" not in said
    assert str(lost.uuid) not in said


@pytest.mark.parametrize(
    ("standing", "said_of_it"),
    [
        ({}, "Not verified"),
        ({"is_verified": True}, "Verified"),
        ({"is_trusted": True}, "Part of this site"),
        ({"is_enabled": False}, "Switched off"),
        ({"is_suspended": True}, "Switched off"),
    ],
)
def test_it_says_how_an_application_stands(
    printer: OAuthClient, standing: dict[str, bool], said_of_it: str
) -> None:
    printer.tokens()
    Application.objects.update(**standing)

    assert said_of_it in text_of(printer.browser.get(PATH))


def test_a_last_use_is_told_with_its_address(printer: OAuthClient) -> None:
    is_live(printer.tokens()["access_token"])
    usage.batch.flush()

    assert "just now from 127.0.0.1" in text_of(printer.browser.get(PATH))


def test_a_name_cannot_be_markup_nor_turn_the_page_around(printer: OAuthClient, ada: Any) -> None:
    name, website = "<script>alert(1)</script>\u202e" + "W" * 70, "http://evil.example/<script>"
    bearer(user=ada)
    Application.objects.update(name=name, website=website, is_verified=True)
    device_session(ada, label="<b>Phone</b>")

    html = printer.browser.get(PATH).content.decode()

    assert "<script>alert" not in html
    assert "<b>Phone" not in html
    assert "<bdi>&lt;script&gt;" in html
    assert 'href="http' not in html


def test_a_device_is_told_with_its_platform_and_where_it_was_seen(printer: OAuthClient, ada: Any) -> None:
    device_session(ada, label="Pixel 9")
    Device.objects.update(platform="android")

    said = text_of(printer.browser.get(PATH))

    assert "Pixel 9 android · Signed in since" in said
    assert "just now, from 192.0.2.7" in said


def test_what_an_app_says_of_a_device_cannot_be_markup(printer: OAuthClient, ada: Any) -> None:
    device_session(ada)
    Device.objects.update(platform="<i>ios")

    assert b"<bdi>&lt;i&gt;ios</bdi>" in printer.browser.get(PATH).content


def test_nothing_on_it_is_a_secret_or_a_digest(printer: OAuthClient) -> None:
    tokens, secret = printer.tokens(), ClientSecret.objects.get()

    html = printer.browser.get(PATH).content.decode()

    known = [printer.registered.client_id, printer.registered.client_secret, secret.digest.hex(), secret.hint]
    for text in (*known, tokens["access_token"], tokens["refresh_token"]):
        assert text
        assert text not in html


def test_many_applications_are_on_several_pages(ada: Any) -> None:
    browser = Client()
    browser.force_login(ada)
    for number in range(101):
        bearer(user=ada, application=register(name=f"Application {number}").application)

    first, last = browser.get(PATH), browser.get(f"{PATH}?page=3")

    assert "Page 1 of 3" in text_of(first)
    assert "All 101 applications lose access, also those on other pages." in text_of(first)
    assert (first.content.count(b"<article"), last.content.count(b"<article")) == (50, 1)
    assert b'href="?page=2"' in first.content
    assert b'href="?page=2"' in last.content
    assert "Page 1 of 3" in text_of(browser.get(f"{PATH}?page=a"))


def test_whoever_ends_something_stays_on_the_page(ada: Any) -> None:
    browser = Client()
    browser.force_login(ada)
    for number in range(60):
        bearer(user=ada, application=register(name=f"Application {number}").application)
    page = browser.get(f"{PATH}?page=2")
    number = page.context["applications"][0]["application"].pk

    ended = browser.post(page.context["form_action"], {"application": number}, follow=True)

    assert "Page 2 of 2" in text_of(ended)
    assert "You have ended the access of" in text_of(ended)
    assert ended.content.count(b"<article") == 9
