"""What a rule says is wrong: on pages in the language of the reader, and to programs in English."""

from __future__ import annotations

from typing import Any

import pytest
from babel.messages.catalog import Catalog
from django.test import Client
from django.utils import translation

from oauthcore import languages
from tests.support.pages.developer import Developer
from tests.support.translations import mo_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("the language comes from the request")]

LONG = f"https://client.example/{'a' * 2000}"


@pytest.fixture(autouse=True)
def _german(settings: Any, tmp_path: Any) -> None:
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="de")
    catalogue.add("A redirect URI has at most %(most)s characters.", "Höchstens %(most)s Zeichen.")
    catalogue.add("An application has at most %(most)s redirect URIs.", "Höchstens %(most)s Adressen.")
    catalogue.add("Line %(number)s: %(problem)s", "Zeile %(number)s: %(problem)s")
    catalogue.add("A redirect URI has no fragment (#).", "Kein Fragment (#).")
    (folder / "django.mo").write_bytes(mo_of(catalogue))
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]


def test_a_page_says_in_the_language_of_the_reader_what_is_wrong_with_each_line(grace: Developer) -> None:
    answer = grace.browser.post(
        "/oauth/applications/check", {"redirect_uris": LONG}, HTTP_ACCEPT_LANGUAGE="de"
    )

    assert answer.json()["problems"] == ["Zeile 1: Höchstens 2000 Zeichen."]


def test_a_page_says_so_too_of_what_is_wrong_with_all_of_them(grace: Developer) -> None:
    text = "\n".join(f"https://client.example/{number}" for number in range(21))

    answer = grace.browser.post(
        "/oauth/applications/check", {"redirect_uris": text}, HTTP_ACCEPT_LANGUAGE="de"
    )

    assert answer.json()["problems"] == ["Höchstens 20 Adressen."]


def test_a_program_gets_it_in_english_whatever_language_it_names(settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "DYNAMIC_REGISTRATION": "open"}

    answer = Client().post(
        "/oauth/register",
        {"redirect_uris": ["https://client.example/#x"]},
        content_type="application/json",
        HTTP_ACCEPT_LANGUAGE="de",
    )

    assert answer.status_code == 400
    assert answer.json()["error_description"] == "A redirect URI has no fragment (#)."


@pytest.mark.parametrize(
    ("language", "size", "words"),
    [
        ("en", 1, "1 byte"),
        ("en", 1000, "1000 bytes"),
        ("en", 2**20, "1 MB"),
        ("fr", 64 * 2**10, "64 Kio"),
    ],
)
def test_a_size_is_written_in_the_way_of_the_language(language: str, size: int, words: str) -> None:
    with translation.override(language):
        assert languages.size_in_words(size) == words
