"""Where an answer stands: in the query, in the fragment, or in a form that is posted.

Wire §2; OAuth 2.0 Multiple Response Type Encoding Practices §2.1, OAuth 2.0 Form Post Response Mode.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest

from oauthcore.models import Application
from tests.support.factories import REDIRECT_URI, register, register_public
from tests.support.oauth import OAuthClient, answer
from tests.support.pages.legacy import (
    OUT_OF_BAND,
    SHOWN,
    at_browser_of,
    code_on,
    fragment_of,
    register_legacy,
)
from tests.support.pages.refusals import (
    CASES,
    NAMES,
    assert_nothing_happened,
    assert_refused,
    assert_shown_on_a_page,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("where an answer is put; the code in it is made everywhere"),
]

ISSUER = "https://testserver"
FORM_POST: dict[str, Any] = {"response_mode": "form_post"}


def posted(response: Any, to: str = REDIRECT_URI) -> dict[str, str]:
    """Return the fields of the form on a page, having made sure that it goes there and has a button."""
    html = response.content.decode()
    assert response.status_code == 200, html
    (form,) = re.findall(r"<form (.*?)>(.*?)</form>", html, re.DOTALL)
    assert 'method="post"' in form[0]
    assert f'action="{to}"' in unescape(form[0])
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[1])
    assert len(re.findall(r"<input", html)) == len(fields)
    assert len(dict(fields)) == len(fields)
    (button,) = re.findall(r"<button ([^>]*)>", form[1])
    assert 'type="submit"' in button
    assert "name=" not in button
    return {name: unescape(value) for name, value in fields}


@pytest.mark.parametrize("mode", [None, "", "query"])
def test_by_default_it_is_in_the_query(printer: OAuthClient, mode: str | None) -> None:
    assert set(answer(printer.decide(response_mode=mode))) == {"code", "state", "iss"}


def test_in_the_fragment_the_query_stays_as_it_is(printer: OAuthClient) -> None:
    Application.objects.update(redirect_uris=[uri := f"{REDIRECT_URI}?tenant=7"])

    answered = printer.decide(response_mode="fragment", redirect_uri=uri)

    told = fragment_of(answered)
    assert (set(told), told["state"], told["iss"]) == ({"code", "state", "iss"}, "a state", ISSUER)
    assert urlsplit(answered["Location"]).query == "tenant=7"
    assert printer.redeem(told["code"], redirect_uri=uri).status_code == 200


def test_in_a_form_it_is_posted_by_a_script_or_a_button(printer: OAuthClient) -> None:
    Application.objects.update(redirect_uris=[uri := f"{REDIRECT_URI}?tenant=7&lang=de"])

    answered = printer.decide(**FORM_POST, redirect_uri=uri)

    told = posted(answered, uri)
    assert (set(told), told["state"], told["iss"]) == ({"code", "state", "iss"}, "a state", ISSUER)
    assert 'src="/static/oauthcore/form_post.js"' in answered.content.decode()
    assert printer.redeem(told["code"], redirect_uri=uri).status_code == 200


@pytest.mark.parametrize(
    "state", ['"><script>alert(1)</script>', "a&b=c", "é ✓", "'", " x ", "&quot;", "%3C", "{{ code }}"]
)
def test_a_state_comes_back_from_a_form_as_it_was_sent(printer: OAuthClient, state: str) -> None:
    answered = printer.decide(**FORM_POST, state=state)

    assert posted(answered)["state"] == state
    assert b"<script>alert" not in answered.content


@pytest.mark.parametrize("state", ["a\nb", "a\r\nb", "\r"])
def test_a_state_that_a_form_would_change_is_refused_there(printer: OAuthClient, state: str) -> None:
    told = posted(printer.authorize(**FORM_POST, state=state))

    assert (told["error"], "state" in told) == ("invalid_request", False)
    assert answer(printer.decide(state=state))["state"] == state


def test_a_remembered_consent_answers_in_the_mode_too(printer: OAuthClient) -> None:
    printer.tokens()

    assert posted(printer.authorize(**FORM_POST))["code"]
    assert posted(printer.authorize(**FORM_POST, prompt="none"))["code"]
    assert fragment_of(printer.authorize(response_mode="fragment"))["code"]


@pytest.mark.rfc("6749", "4.1.2.1")
@pytest.mark.parametrize(("changes", "error"), CASES, ids=NAMES)
def test_an_error_goes_the_same_way(printer: OAuthClient, changes: dict[str, Any], error: str) -> None:
    state = None if "state" in changes else "a state"
    for told in (
        posted(printer.authorize(**FORM_POST, **changes)),
        fragment_of(printer.authorize(response_mode="fragment", **changes)),
    ):
        assert (told["error"], told.get("state"), told["iss"]) == (error, state, ISSUER)
    assert_nothing_happened()


def test_a_no_and_a_silent_no_go_the_same_way(printer: OAuthClient, stranger: OAuthClient) -> None:
    assert posted(printer.decide("deny", **FORM_POST))["error"] == "access_denied"
    assert posted(stranger.authorize(**FORM_POST, prompt="none"))["error"] == "login_required"
    assert fragment_of(stranger.authorize(response_mode="fragment", prompt="none"))["state"] == "a state"


@pytest.mark.parametrize(
    "mode", ["web_message", "jwt", "Query", "query ", "query fragment", "form_post.jwt", "é"]
)
def test_any_other_mode_is_a_mistake_that_is_told_in_the_query(printer: OAuthClient, mode: str) -> None:
    assert_refused(printer.authorize(response_mode=mode), "invalid_request")


def test_a_mode_that_came_twice_is_told_in_the_query(printer: OAuthClient) -> None:
    assert_refused(printer.authorize(response_mode=["form_post", "form_post"]), "invalid_request")


@pytest.mark.parametrize("uri", ["com.example.app:/cb", "com.example.app://cb"])
def test_an_app_is_sent_no_form(printer: OAuthClient, uri: str) -> None:
    app = at_browser_of(printer, register_public(redirect_uris=[uri]))

    assert_refused(app.authorize(**FORM_POST, redirect_uri=uri), "invalid_request")
    assert fragment_of(app.decide(response_mode="fragment", redirect_uri=uri))["code"]


def test_a_program_on_the_loopback_is(printer: OAuthClient) -> None:
    program = at_browser_of(printer, register_public(redirect_uris=["http://127.0.0.1/cb"]))
    uri = "http://127.0.0.1:51004/cb"

    assert posted(program.decide(**FORM_POST, redirect_uri=uri), uri)["code"]


@pytest.mark.parametrize("mode", ["fragment", "form_post", "jwt"])
def test_a_code_that_is_shown_has_no_other_mode(printer: OAuthClient, mode: str) -> None:
    old = at_browser_of(printer, register_legacy(redirect_uris=[OUT_OF_BAND]))

    page = old.authorize(**SHOWN, response_mode=mode)

    assert_shown_on_a_page(page)
    assert "invalid_request: " in page.context["developer_hint"]
    assert code_on(old.decide(**SHOWN, response_mode="query"))


def test_a_page_is_bound_to_the_mode_it_was_shown_for(printer: OAuthClient) -> None:
    transaction = printer.authorize().context["transaction"]

    assert_shown_on_a_page(printer.decide(transaction=transaction, response_mode="fragment"))
    assert answer(printer.decide(transaction=transaction))["code"]


def test_an_address_that_is_not_registered_gets_no_form(printer: OAuthClient) -> None:
    assert_shown_on_a_page(printer.authorize(**FORM_POST, redirect_uri="https://evil.example/cb"))


def test_what_was_registered_of_an_answer_is_not_in_the_address_of_the_form(printer: OAuthClient) -> None:
    uri = f"{REDIRECT_URI}?code=evil&tenant=7"
    Application.objects.update(redirect_uris=[uri])

    assert posted(printer.decide(**FORM_POST, redirect_uri=uri), f"{REDIRECT_URI}?tenant=7")["code"]


def test_a_page_that_breaks_tells_so_in_a_form(printer: OAuthClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("oauthcore.pages.authorize.authorize.consent_page", break_down)

    assert posted(printer.authorize(**FORM_POST))["error"] == "server_error"


def test_applications_that_have_a_name_for_markup_are_shown_as_text(printer: OAuthClient) -> None:
    other = at_browser_of(printer, register(name="<b>Bold</b>"))

    page = other.decide(**FORM_POST).content.decode()

    assert "&lt;b&gt;Bold" in page
    assert "<b>Bold" not in page
