"""The language of a page: the person's, or the one that the link asks for with ``lang`` if the site has it.

Wire §4 (``lang``, and the literal ``None`` of Mastodon.py).
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from django.utils import translation
from django.utils.translation import gettext_lazy

from tests.support.factories import PASSWORD
from tests.support.oauth import OAuthClient, answer
from tests.support.pages.legacy import OUT_OF_BAND, SHOWN, at_browser_of, register_legacy
from tests.support.translations import mo_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the language comes from the request"),
]


@pytest.fixture(autouse=True)
def _languages(settings: Any) -> None:
    """Django's own catalogues are there for all of these."""
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربية"), ("zh-hans", "中文")]


def language_of(page: Any) -> tuple[str, str]:
    """Return language and direction of a page, whose header has to agree with it."""
    html = page.content.decode()
    found = re.search(r'<html lang="([^"]*)" dir="([^"]*)"', html)
    assert found is not None, html
    assert page["Content-Language"] == found[1]
    return found[1], found[2]


ENGLISH = ("en", "ltr")


@pytest.mark.parametrize(
    ("lang", "shown"),
    [
        ("de", ("de", "ltr")),
        ("DE", ("de", "ltr")),
        ("de-AT", ("de", "ltr")),
        ("ar", ("ar", "rtl")),
        ("zh-Hans", ("zh-hans", "ltr")),
        ("en", ENGLISH),
    ],
)
def test_a_language_that_the_site_has_is_spoken(
    printer: OAuthClient, lang: str, shown: tuple[str, str]
) -> None:
    assert language_of(printer.authorize(lang=lang)) == shown


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"ui_locales": "ar de"}, ("ar", "rtl")),
        ({"ui_locales": "fr-CA fr de en"}, ("de", "ltr")),
        ({"ui_locales": "fr"}, ENGLISH),
        ({"lang": "de", "ui_locales": "ar"}, ("de", "ltr")),
        ({"lang": "None", "ui_locales": "ar"}, ("ar", "rtl")),
        ({"ui_locales": "fr " * 19 + "ar"}, ("ar", "rtl")),
        ({"ui_locales": "fr " * 20 + "ar"}, ENGLISH),
    ],
    ids=str,
)
def test_the_first_of_the_languages_that_the_site_has_is_spoken(
    printer: OAuthClient, stranger: OAuthClient, asked: dict[str, str], shown: tuple[str, str]
) -> None:
    assert language_of(printer.authorize(**asked)) == shown
    assert language_of(stranger.browser.get(stranger.authorize(**asked)["Location"])) == shown


HOSTILE = [
    "None",
    "fr",
    "",
    "xx",
    "de_DE.UTF-8",
    "../../etc/passwd",
    '"><script>alert(1)</script>',
    "de\r\nX: y",
    "d" * 10_000,
    "xx-" * 5_000,
    "\u202ede",
    "é",
    "*",
    "-",
]


@pytest.mark.parametrize("lang", HOSTILE, ids=lambda lang: ascii(lang)[:30])
def test_anything_else_is_passed_over(printer: OAuthClient, lang: str) -> None:
    page = printer.authorize(lang=lang)

    assert language_of(page) == language_of(printer.authorize(ui_locales=lang)) == ENGLISH
    assert b"<script>alert" not in page.content
    assert answer(printer.decide(lang=lang))["code"]


def test_a_language_that_is_named_twice_is_a_mistake_like_any_other(printer: OAuthClient) -> None:
    assert answer(printer.authorize(lang=["de", "ar"]))["error"] == "invalid_request"
    assert answer(printer.authorize(ui_locales=["de", "ar"]))["error"] == "invalid_request"


def test_the_browsers_own_language_is_spoken_where_the_link_says_nothing(printer: OAuthClient) -> None:
    printer.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "ar"

    assert language_of(printer.authorize()) == ("ar", "rtl")
    assert language_of(printer.authorize(lang="None")) == ("ar", "rtl")
    assert language_of(printer.authorize(lang="de")) == ("de", "ltr")


def test_the_next_request_speaks_its_own_language_again(printer: OAuthClient) -> None:
    before = translation.get_language()

    printer.authorize(lang="ar")

    assert translation.get_language() == before
    assert language_of(printer.authorize()) == ENGLISH


@pytest.mark.parametrize(
    ("name", "send"),
    {
        "consent again": lambda oauth: oauth.decide(lang="ar", form={"scope": []}),
        "a page answered too late": lambda oauth: oauth.decide(lang="ar", transaction="gone"),
        "no such application": lambda oauth: oauth.authorize(lang="ar", client_id="unknown"),
        "no such address": lambda oauth: oauth.authorize(lang="ar", redirect_uri="https://evil.example"),
        "a code": lambda oauth: oauth.decide(lang="ar", **SHOWN),
        "a refusal": lambda oauth: oauth.authorize(lang="ar", **SHOWN, scope="nonsense"),
        "a denial": lambda oauth: oauth.decide("deny", lang="ar", **SHOWN),
    }.items(),
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_page_on_the_way_speaks_it(printer: OAuthClient, name: str, send: Any) -> None:
    old = at_browser_of(printer, register_legacy(redirect_uris=[OUT_OF_BAND, "https://client.example/cb"]))

    assert language_of(send(old)) == ("ar", "rtl"), name


def test_the_login_page_on_the_way_there_speaks_it_also_when_the_password_is_wrong(
    stranger: OAuthClient,
) -> None:
    path = stranger.authorize(lang="ar")["Location"]

    assert language_of(stranger.browser.get(path)) == ("ar", "rtl")
    wrong = stranger.browser.post(path, {"username": "ada", "password": "wrong"})
    assert language_of(wrong) == ("ar", "rtl")
    back = stranger.browser.post(path, {"username": "ada", "password": PASSWORD})["Location"]
    assert language_of(stranger.browser.get(back)) == ("ar", "rtl")


def test_the_login_page_asked_for_again_speaks_it_too(printer: OAuthClient) -> None:
    path = printer.authorize(lang="ar", force_login="true")["Location"]

    assert language_of(printer.browser.get(path)) == ("ar", "rtl")


@pytest.mark.parametrize(
    "next_url",
    [
        "/admin/?lang=ar",
        "https://evil.example/oauth/authorize?lang=ar",
        "/oauth/authorize?lang=fr",
        "/oauth/authorize?lang=%ff",
        "/oauth/authorize?lang=%00",
        "/oauth/authorize?lang=None",
        "//[",
    ],
)
def test_a_login_page_on_the_way_elsewhere_does_not(client: Any, db: None, next_url: str) -> None:
    assert language_of(client.get("/login", {"next": next_url})) == ENGLISH


def test_what_programs_read_is_english_always(printer: OAuthClient) -> None:
    told = answer(printer.authorize(lang="ar", scope="nonsense"))

    assert told == answer(printer.authorize(scope="nonsense"))


def test_the_words_of_scopes_may_be_lazy_translations_of_the_site(
    printer: OAuthClient, settings: Any, tmp_path: Any
) -> None:
    """The words are looked up while the page is made, not when the settings are read."""
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="de")
    catalogue.add("Read your notes", "Ihre Notizen lesen")
    catalogue.add("Notes", "Notizen")
    # A site's own words go before those of oauthcore.
    catalogue.add("Allow", "Na gut")
    (folder / "django.mo").write_bytes(mo_of(catalogue))
    scopes = {"read": {"description": gettext_lazy("Read your notes"), "group": gettext_lazy("Notes")}}
    settings.LOCALE_PATHS = [tmp_path]
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": scopes, "RESOURCES": {}}

    english, german = (printer.authorize(lang=lang, scope="read").content.decode() for lang in ("en", "de"))

    assert "Read your notes" in english
    assert ">Allow<" in re.sub(r"\s", "", english)
    assert "Ihre Notizen lesen" in german
    assert ">Nagut<" in re.sub(r"\s", "", german)
