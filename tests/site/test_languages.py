"""The languages of the reference site, and the switch between them below its pages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from reference_site.playground.templatetags.languages import without_language
from tests.support.factories import UserFactory, register
from tests.support.oauth import OAuthClient

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the language comes from the request"),
]


def spoken(page: Any) -> tuple[str, str]:
    (found,) = re.findall(r'<html lang="([^"]*)" dir="([^"]*)"', page.content.decode())
    return found


def choose(client: Client, language: str, **fields: str) -> HttpResponse:
    return client.post("/language", {"language": language, **fields})


def switch_on(page: Any) -> dict[str, str]:
    """Return what the switch of a page would send: the languages with their buttons, and where it returns."""
    html = page.content.decode()
    assert html.count('action="/language"') == 1
    (back,) = re.findall(r'name="next" value="([^"]*)">\s*<button type="submit" name="language"', html)
    return {
        "next": back.replace("&amp;", "&"),
        **dict(re.findall(r'name="language" value="(\w+)"[^>]*>([^<]+)<', html)),
    }


def test_the_site_speaks_six_languages_and_names_each_in_its_own_words(client: Client) -> None:
    named = switch_on(client.get("/"))

    assert named == {
        "next": "/",
        "en": "English",
        "de": "Deutsch",
        "fr": "Français",
        "es": "Español",
        "ja": "日本語",
        "ar": "العربيّة",
    }


def test_a_header_that_cannot_be_parsed_is_a_mistake_of_the_client(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.post("/language", {"language": "de"}, headers={"accept": "text/html;a*=none''x"})

    assert answer.status_code == 400
    assert not client.cookies


def test_a_link_cannot_change_the_language(client: Client) -> None:
    answer = client.get("/language", {"language": "de"})

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert not client.cookies


@pytest.mark.parametrize(
    ("language", "direction"), [("de", "ltr"), ("fr", "ltr"), ("es", "ltr"), ("ja", "ltr"), ("ar", "rtl")]
)
def test_the_language_that_a_person_chooses_stays(client: Client, language: str, direction: str) -> None:
    answer = choose(client, language, next="/login")

    assert (answer.status_code, answer["Location"]) == (302, "/login")
    assert spoken(client.get("/login")) == (language, direction)
    client.force_login(UserFactory())
    assert spoken(client.get("/oauth/applications/")) == (language, direction)


def test_the_browsers_language_is_spoken_until_then(client: Client) -> None:
    assert spoken(client.get("/", headers={"accept-language": "xx, ja;q=0.8"})) == ("ja", "ltr")
    choose(client, "fr")
    assert spoken(client.get("/", headers={"accept-language": "ja"})) == ("fr", "ltr")


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_the_switch_leads_nowhere_else(client: Client, elsewhere: str) -> None:
    answer = choose(client, "de", next=elsewhere)

    assert answer["Location"] == "/"


def test_the_switch_takes_a_post_of_this_site_alone(client: Client) -> None:
    assert client.get("/language").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/language", {"language": "de"}).status_code == 403


@pytest.mark.parametrize("language", ["xx", "", "../de", "d" * 10_000])
def test_a_language_that_the_site_does_not_have_changes_nothing(client: Client, language: str) -> None:
    choose(client, language)

    assert spoken(client.get("/")) == ("en", "ltr")


def test_the_choice_is_heard_where_the_link_had_asked_for_a_language() -> None:
    client = Client()
    oauth = OAuthClient(register(), client)
    login = oauth.authorize(lang="ar", ui_locales="fr")["Location"]
    page = client.get(login)
    assert spoken(page) == ("ar", "rtl")

    chosen = choose(client, "de", next=switch_on(page)["next"])

    assert spoken(client.get(chosen["Location"])) == ("de", "ltr")


def test_an_answer_to_a_form_has_no_switch_because_a_reload_would_lose_it(client: Client) -> None:
    refused = client.post("/login", {"username": "ada", "password": "wrong"})

    assert b'action="/language"' not in refused.content


def test_the_switch_holds_nothing_of_an_address_but_where_a_login_leads_on(client: Client) -> None:
    assert switch_on(client.get("/?code=c0de&lang=de"))["next"] == "/"
    assert (
        switch_on(client.get("/login?a=b&next=/oauth/security/"))["next"]
        == "/login?next=%2Foauth%2Fsecurity%2F"
    )


@pytest.mark.parametrize(
    ("asking", "silent"),
    [
        (
            "/oauth/authorize?state=%C3%A4+b&lang=de&ui_locales=de&empty=",
            "/oauth/authorize?state=%C3%A4+b&empty=",
        ),
        ("/oauth/connections/", "/oauth/connections/"),
        ("//[", "//["),
    ],
)
def test_only_what_asks_for_a_language_is_taken_out_of_an_address(asking: str, silent: str) -> None:
    assert without_language(asking) == silent
