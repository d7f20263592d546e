"""Authentication requests that a browser sends by POST, as the form of another site does."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tests.support.relying_party import RelyingParty, relying_party

pytestmark = pytest.mark.sqlite_only("it is about the request, before any row decides")

AUTHORIZE = "/oauth/authorize"


@pytest.fixture
def party(db: None, settings: Any) -> RelyingParty:
    """An application at whose browser somebody is logged in, on a site with OpenID Connect."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    return relying_party()


@pytest.fixture
def from_elsewhere(party: RelyingParty) -> Client:
    """The browser of a person, where the form of another site brings no CSRF token."""
    party.browser.handler.enforce_csrf_checks = True
    return party.browser


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_ensure_post_request_succeeds(party: RelyingParty, from_elsewhere: Client) -> None:
    led = from_elsewhere.post(AUTHORIZE, party.parameters())

    assert led.status_code == 303
    onward = urlsplit(led["Location"])
    assert (onward.scheme, onward.netloc, onward.path) == ("", "", AUTHORIZE)
    assert parse_qs(onward.query) == {name: [value] for name, value in party.parameters().items()}
    assert from_elsewhere.get(led["Location"]).context["transaction"]


def test_a_person_who_is_not_logged_in_logs_in_first(party: RelyingParty) -> None:
    browser = Client(enforce_csrf_checks=True)

    led = browser.post(AUTHORIZE, party.parameters())

    assert urlsplit(browser.get(led["Location"])["Location"]).path == "/login"


@pytest.mark.parametrize(
    "changes", [{"transaction": "x"}, {"transaction": ""}, {"scope": "read"}, {"client_id": None}]
)
def test_a_decision_and_any_other_form_needs_a_csrf_token(
    party: RelyingParty, from_elsewhere: Client, changes: dict[str, Any]
) -> None:
    assert from_elsewhere.post(AUTHORIZE, party.parameters(**changes)).status_code == 403


def test_a_site_without_openid_connect_refuses_requests_by_post(
    party: RelyingParty, from_elsewhere: Client, settings: Any
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}

    assert from_elsewhere.post(AUTHORIZE, party.parameters()).status_code == 403


@pytest.mark.openid("core", "3.1.2.1")
def test_a_wrong_request_by_post_is_refused_like_one_by_get(
    party: RelyingParty, from_elsewhere: Client
) -> None:
    led = from_elsewhere.post(AUTHORIZE, party.parameters(redirect_uri="https://elsewhere.example/cb"))

    assert from_elsewhere.get(led["Location"]).status_code == 400


def test_a_parameter_sent_twice_by_post_is_sent_on_twice(party: RelyingParty, from_elsewhere: Client) -> None:
    led = from_elsewhere.post(AUTHORIZE, {**party.parameters(), "state": ["a", "b"]})

    assert "error=invalid_request" in from_elsewhere.get(led["Location"])["Location"]
