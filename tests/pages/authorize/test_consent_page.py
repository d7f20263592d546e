"""What a person reads before they decide: who asks, as whom, for what, and where they go next.

Wire §2 points 6 and 8.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from pytest_django import Settings

from oauthcore.models import Application
from tests.support.factories import REDIRECT_URI, register
from tests.support.oauth import OAuthClient
from tests.support.pages.reading import text_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("texts of a page; the approval runs on PostgreSQL in the races"),
]


def shown_scopes(response: Any) -> list[str]:
    """Return the scopes that have a box on the page."""
    return re.findall(r'name="scope" value="([^"]*)"', response.content.decode())


def test_it_names_the_application_the_person_and_where_they_go_next(printer: OAuthClient) -> None:
    Application.objects.update(website="https://www.printer.example/about")

    said = text_of(printer.authorize())

    assert "Photo Printer" in said
    assert "www.printer.example" in said
    assert "ada" in said
    assert "client.example" in said


def test_it_says_each_scope_in_words_and_marks_what_is_sensitive(printer: OAuthClient) -> None:
    cleaner = OAuthClient(register(scopes=["read", "api.images.delete"]), printer.browser)

    page = cleaner.authorize(scope="read api.images.delete")

    assert shown_scopes(page) == ["read", "api.images.delete"]
    said = text_of(page)
    assert "Read your profile: name and username" in said
    assert "Delete images, for good Sensitive" in said


def test_it_says_what_the_application_will_not_be_able_to_do(printer: OAuthClient) -> None:
    _, unable = text_of(printer.authorize()).split("It will not be able to")

    assert "See or change your password" in unable
    assert "Delete images, for good" in unable


@pytest.mark.parametrize(
    ("flag", "word"),
    [({}, "Not verified"), ({"is_verified": True}, "Verified"), ({"is_trusted": True}, "Part of")],
)
def test_it_says_whether_anybody_here_has_checked_the_application(
    printer: OAuthClient, flag: dict[str, bool], word: str
) -> None:
    Application.objects.update(**flag)

    said = text_of(printer.authorize(prompt="consent"))

    assert re.search(rf"\b{word}\b", said)
    assert ("Not verified" in said) is (flag == {})


def test_it_says_that_an_application_registered_itself_unless_staff_have_checked_it(
    printer: OAuthClient,
) -> None:
    words = "This application registered itself and chose its own name."
    assert words not in text_of(printer.authorize(prompt="consent"))

    Application.objects.update(is_self_registered=True)
    assert words in text_of(printer.authorize(prompt="consent"))

    Application.objects.update(is_verified=True)
    assert words not in text_of(printer.authorize(prompt="consent"))


def test_it_asks_about_what_is_new_only_and_repeats_what_was_allowed_before(printer: OAuthClient) -> None:
    printer.tokens(scope="read")

    page = printer.authorize(scope="read api.images.read")

    assert shown_scopes(page) == ["api.images.read"]
    assert "It now also wants to Photo library Read images, sets, keywords and facets" in text_of(page)
    assert "You allowed this before Read your profile" in text_of(page)


def test_it_marks_what_is_new_where_everything_is_to_be_asked_again(printer: OAuthClient) -> None:
    printer.tokens(scope="read")

    page = printer.authorize(scope="read api.images.read", prompt="consent")

    assert shown_scopes(page) == ["read", "api.images.read"]
    assert text_of(page).count(" New ") == 1
    assert "Read images, sets, keywords and facets New" in text_of(page)


@pytest.mark.parametrize(
    ("uri", "where"),
    [
        ("http://127.0.0.1/cb", "an app on this device: 127.0.0.1"),
        ("http://localhost/cb", "an app on this device: localhost"),
        ("https://localhost:8443/cb", "an app on this device: localhost:8443"),
        ("com.example.app:/cb", "the app for links that begin with com.example.app: Any app can register"),
    ],
)
def test_it_warns_where_any_program_on_the_device_could_be_behind_it(
    printer: OAuthClient, uri: str, where: str
) -> None:
    device = OAuthClient(register(redirect_uris=[uri]), printer.browser)

    said = text_of(device.authorize(redirect_uri=uri))

    assert where in said
    assert "on this device" not in text_of(printer.authorize())


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "template": "{{ transaction }}{% csrf_token %}",
    "right to left": "\u202egnp.exe",
    "endless": "W" * 10_000,
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_what_an_application_calls_itself_is_shown_as_text_and_not_at_any_length(
    printer: OAuthClient, hostile: str
) -> None:
    # Past every validator, as an import might.
    Application.objects.update(name=hostile[:100], website=f"https://{hostile[:100]}.example/")

    html = printer.authorize().content.decode()

    assert "<script>alert" not in html
    assert 'onmouseover="alert' not in html
    assert html.count('name="transaction"') == html.count("csrfmiddlewaretoken") == 1
    assert "W" * 81 not in html.replace("W" * 100 + ".example", "")  # a host is shown whole
    assert "\u202e" not in re.sub(r"<bdi>[^<]*</bdi>|>.</span>", "", html), "its direction would spill over"


@pytest.mark.parametrize("website", ["javascript:alert(1)", "data:text/html,<script>alert(1)</script>"])
def test_a_website_is_no_way_to_run_anything(printer: OAuthClient, website: str) -> None:
    Application.objects.update(website=website, is_verified=True)

    assert not re.search(r'(href|src)="(javascript|data):', printer.authorize().content.decode())


@pytest.mark.parametrize(
    "words",
    [
        {"description": "<script>alert(1)</script>", "group": "<b>Group</b>"},
        "<script>alert(1)</script>",
    ],
)
def test_the_sites_own_words_are_escaped_as_well(
    printer: OAuthClient, settings: Settings, words: Any
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": {"read": words}}

    html = printer.authorize().content.decode()

    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html
    assert "<b>Group" not in html


def test_nothing_on_it_comes_from_elsewhere_or_stands_inline(printer: OAuthClient) -> None:
    Application.objects.update(website="https://www.printer.example")

    html = printer.authorize().content.decode()

    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", html)
    addresses = set(re.findall(r'(?:src|href)="([^"]*)"', html)) - {"#content"}  # a place on the page itself
    assert all(one.startswith("/") and one[1:2] != "/" for one in addresses)


def test_its_address_and_its_redirect_are_not_the_same_site(printer: OAuthClient) -> None:
    html = printer.authorize().content.decode()

    assert f'action="{REDIRECT_URI}' not in html
    assert re.search(r'<form[^>]* method="post" action="/oauth/authorize\?', html)


def test_what_looks_like_a_host_in_a_scheme_of_the_applications_own_is_not_shown(
    printer: OAuthClient,
) -> None:
    uri = "mastodon://bank.example/oauth"
    old = OAuthClient(register(profile="oauth2.0", redirect_uris=[uri]), printer.browser)

    said = text_of(old.authorize(redirect_uri=uri))

    assert "begin with mastodon: Any app" in said
    assert "bank.example" not in said
