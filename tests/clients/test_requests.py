"""Requests as clients in the wild send them: other body formats, and parameters that nobody asked for."""

from __future__ import annotations

import pytest
import requests

from oauthcore.rules.oauth.pkce import challenge_of
from tests.support.factories import REDIRECT_URI, register
from tests.support.oauth import VERIFIER

JUNK = [("oauth_info", f"leaked {number}") for number in range(18)]


def as_form(url, fields):
    return requests.post(url, data=fields, timeout=20)


def as_json(url, fields):
    return requests.post(url, json=dict(fields), timeout=20)


def as_multipart(url, fields):
    return requests.post(url, files=[(name, (None, value)) for name, value in fields], timeout=20)


def as_form_with_junk(url, fields):
    """Mastodon.py sends what it was called with along, as often as there were parameters."""
    return as_form(url, [*JUNK[:9], *fields, *JUNK[9:]])


def as_form_with_bearer_header(url, fields):
    """Mastodon.py sends its token in the header even where its secret is in the body."""
    return requests.post(url, data=fields, headers={"Authorization": "Bearer old"}, timeout=20)


SENDERS = [as_form, as_json, as_multipart, as_form_with_junk, as_form_with_bearer_header]


@pytest.fixture
def registered():
    return register()


@pytest.fixture
def code(site, person, registered):
    request = requests.Request(
        "GET",
        f"{site}/oauth/authorize",
        params={
            "response_type": "code",
            "client_id": registered.client_id,
            "redirect_uri": REDIRECT_URI,
            "scope": "read",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        },
    )
    callback = person.allow(str(request.prepare().url))
    return dict(part.split("=") for part in callback.partition("?")[2].split("&"))["code"]


@pytest.mark.parametrize("send", SENDERS)
def test_tokens_are_issued_refreshed_and_revoked_however_they_are_asked_for(send, site, registered, code):
    credentials = list(registered.credentials.items())
    redemption = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
        ("scope", "read"),
    ]

    first = send(f"{site}/oauth/token", [*credentials, *redemption]).json()
    refresh = [("grant_type", "refresh_token"), ("refresh_token", first["refresh_token"])]
    second = send(f"{site}/oauth/token", [*credentials, *refresh]).json()
    revoked = send(f"{site}/oauth/revoke", [*credentials, ("token", second["access_token"])])

    assert first["token_type"] == second["token_type"] == "Bearer"
    assert (revoked.status_code, revoked.json()) == (200, {})
    refused = requests.get(
        f"{site}/v1/me", headers={"Authorization": f"Bearer {second['access_token']}"}, timeout=20
    )
    assert refused.status_code == 401


@pytest.mark.rfc("6749", "3.2")
@pytest.mark.parametrize("send", [as_form, as_multipart])
def test_a_known_parameter_sent_twice_is_refused(send, site, registered):
    fields = [*registered.credentials.items(), *[("grant_type", "client_credentials")] * 2]

    answer = send(f"{site}/oauth/token", fields)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
