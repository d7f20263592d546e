"""``/oauth2/token``: the same engine with a ``status``, and a redirect URI always (wire §3, row one)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from oauthcore.models import LegacySwitch
from tests.support.dialects.deviantart import DeviantArtClient, legacy
from tests.support.factories import register, register_public
from tests.support.oauth import OAuthClient, is_live, post

pytestmark = pytest.mark.django_db

every_kind = pytest.mark.parametrize(
    "make", [register, register_public, lambda: legacy(LegacySwitch.OPTIONAL_PKCE)]
)


def without_secrets(answer: Any) -> dict[str, Any]:
    return {name: value for name, value in answer.json().items() if not name.endswith("_token")}


def test_the_token_answer_adds_the_status_and_is_else_the_same(clock, oauth):
    plain = OAuthClient(oauth.registered, oauth.browser)

    for ask in (
        lambda client: client.redeem(client.code()),
        lambda client: client.refresh(client.tokens()["refresh_token"]),
        lambda client: client.token(grant_type="client_credentials"),
    ):
        here, there = ask(oauth), ask(plain)
        assert without_secrets(here) == without_secrets(there) | {"status": "success"}
        assert here.json().keys() == there.json().keys() | {"status"}
        assert here["Cache-Control"] == "no-store"
        assert here["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, 400, "invalid_request"),
        ({"scope": "nonsense"}, 400, "invalid_scope"),
        ({"grant_type": "refresh_token", "refresh_token": "nonsense"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_id": "unknown"}, 401, "invalid_client"),
    ],
)
def test_errors_add_the_status_and_are_else_the_same(changes, status, error):
    oauth = OAuthClient(register())
    sent = oauth.registered.credentials | {"grant_type": "client_credentials"} | changes

    here, there = post("/oauth2/token", sent), post("/oauth/token", sent)

    assert (here.status_code, here.json()["error"]) == (status, error)
    assert here.json() == there.json() | {"status": "error"}
    assert here.get("WWW-Authenticate") == there.get("WWW-Authenticate")
    assert ("Basic" in here.get("WWW-Authenticate", "")) == (status == 401)


def test_too_many_wrong_secrets_are_told_so_with_the_status(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"CLIENT_SECRET_LIMIT": (1, 60)}
    oauth = DeviantArtClient(register())

    first, second = (oauth.token(grant_type="client_credentials", client_secret="wrong") for _ in range(2))

    assert first.status_code == 401
    assert (second.status_code, second.json()["error"]) == (429, "slow_down")
    assert second.json()["status"] == "error"
    assert int(second["Retry-After"]) >= 1


@pytest.mark.rfc("6749", "4.1.3")
@every_kind
def test_redirect_uri_is_required_with_a_code_for_every_application(make):
    oauth = DeviantArtClient.at_the_browser_of(registered=make())
    code = oauth.code()

    for left_out in (None, ""):
        refused = oauth.redeem(code, redirect_uri=left_out)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
        assert "redirect_uri" in refused.json()["error_description"]
    assert oauth.redeem(code).status_code == 200, "the code was not spent"


@every_kind
def test_a_redirect_uri_that_is_not_the_codes_never_matches(make):
    oauth = DeviantArtClient.at_the_browser_of(registered=make())
    code = oauth.code()

    refused = oauth.redeem(code, redirect_uri="https://client.example/other")

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert oauth.redeem(code).status_code == 200


def test_a_refresh_needs_no_redirect_uri(oauth):
    assert oauth.refresh(oauth.tokens()["refresh_token"]).status_code == 200


def test_a_code_that_comes_back_ends_the_grant_here_too(oauth):
    code = oauth.code()
    tokens = oauth.redeem(code).json()

    assert oauth.redeem(code).json()["error"] == "invalid_grant"

    assert not is_live(tokens["access_token"])
    assert not oauth.is_refreshable(tokens)


def test_a_refresh_token_works_once_whichever_address_it_is_sent_to(oauth):
    plain = OAuthClient(oauth.registered, oauth.browser)
    tokens = oauth.tokens()
    assert plain.refresh(tokens["refresh_token"]).status_code == 200

    assert oauth.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"

    assert not is_live(tokens["access_token"])


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data"])
def test_json_and_multipart_are_read_here_too(oauth, content_type):
    sent = oauth.registered.credentials | {"grant_type": "client_credentials"}
    how = {"content_type": content_type} if content_type == "application/json" else {}

    assert Client().post("/oauth2/token", sent, **how).json()["status"] == "success"


def test_parameters_in_the_address_of_a_post_are_not_read(oauth):
    secret = oauth.registered.client_secret
    path = f"/oauth2/token?client_id={oauth.registered.client_id}&client_secret={secret}"

    response = post(path, {"grant_type": "client_credentials"})

    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
