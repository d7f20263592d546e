"""Live validation of redirect URIs: what the script of the form is told while somebody types."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.pages.developer import Developer

pytestmark = pytest.mark.sqlite_only("an answer that no row is read for")

CHECK = "/oauth/applications/check"


def problems(developer, text, **more):
    response = developer.browser.post(CHECK, {"redirect_uris": text, **more})
    assert response["Content-Type"] == "application/json"
    return response.json()["problems"]


@pytest.mark.parametrize(
    "text", ["", " \r\n ", "https://client.example/cb", "com.example.app:/cb\r\nhttp://[::1]/cb"]
)
def test_nothing_is_said_of_what_can_be_registered(grace, text):
    assert problems(grace, text) == []


def test_each_line_that_cannot_be_registered_is_named(grace):
    said = problems(grace, "https://client.example/cb\r\n\r\nhttps://client.example/#x\r\n/cb")

    assert [one.partition(":")[0] for one in said] == ["Line 3", "Line 4"]


def test_too_many_are_said_to_be_too_many(grace):
    text = "\n".join(f"https://client.example/{number}" for number in range(21))

    assert problems(grace, text) == ["An application has at most 20 redirect URIs."]


def test_thousands_of_mistakes_are_answered_with_the_first_of_them(grace):
    assert len(problems(grace, "x\n" * 10_000)) == 20


def test_a_mistake_behind_thousands_of_good_lines_is_found_all_the_same(grace):
    assert problems(grace, "https://client.example/cb\n" * 2_000 + "http://client.example/cb") != []


def test_what_was_typed_is_not_repeated(grace):
    assert "evil" not in str(problems(grace, "http://evil.example/<script>"))


def test_codes_on_pages_are_for_legacy_applications(grace):
    legacy, modern = grace.has(profile="oauth2.0"), grace.has()
    out_of_band = "urn:ietf:wg:oauth:2.0:oob"

    assert problems(grace, out_of_band, application=legacy.pk) == []
    assert problems(grace, out_of_band, application=modern.pk) != []
    assert problems(grace, out_of_band) != []


@pytest.mark.parametrize("uri", ["icecubesapp://", "mastodon://joinmastodon.org/oauth"])
def test_schemes_without_a_dot_are_for_legacy_applications_and_where_the_site_lists_them(
    grace, uri, settings
):
    legacy, modern = grace.has(profile="oauth2.0"), grace.has()

    assert problems(grace, uri, application=legacy.pk) == []
    assert "domain name reversed" in problems(grace, uri, application=modern.pk)[0]
    assert problems(grace, uri) != []
    settings.OAUTHCORE = settings.OAUTHCORE | {"REDIRECT_SCHEMES": ["icecubesapp", "mastodon"]}
    assert problems(grace, uri, application=modern.pk) == problems(grace, uri) == []


def test_a_browsers_own_scheme_and_a_parameter_of_answers_are_for_nobody(grace):
    legacy = grace.has(profile="oauth2.0")
    text = "intent://x/cb\r\nhttps://client.example/cb?state=1"

    for said in (problems(grace, text), problems(grace, text, application=legacy.pk)):
        assert [one.partition(":")[0] for one in said] == ["Line 1", "Line 2"]


def test_it_tells_nothing_of_other_peoples_applications(grace):
    theirs = Developer().has(profile="oauth2.0")

    response = grace.browser.post(CHECK, {"redirect_uris": "x", "application": theirs.pk})

    assert response.status_code == 404


def test_it_is_asked_by_ones_own_page_only(grace):
    strange = Client(enforce_csrf_checks=True)
    strange.force_login(grace.user)

    assert strange.post(CHECK, {"redirect_uris": "x"}).status_code == 403
    assert Client().post(CHECK, {"redirect_uris": "x"}).status_code == 302
    assert grace.get(CHECK).status_code == 405
