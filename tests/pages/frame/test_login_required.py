"""A site that asks for a login everywhere (``LoginRequiredMiddleware``) still serves programs and logins."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.support.oauth import OAuthClient, me

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("a middleware reads the view, before any query"),
]

MIDDLEWARE = "django.contrib.auth.middleware.LoginRequiredMiddleware"


@pytest.fixture(autouse=True)
def everything_asks_for_a_login(settings: Settings) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, MIDDLEWARE]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("post", "/oauth/token", {400, 401}),
        ("get", "/oauth/token", {405}),
        ("post", "/oauth/revoke", {400, 401, 403}),
        ("post", "/oauth/introspect", {400, 401}),
        ("get", "/.well-known/oauth-authorization-server", {200}),
        ("get", "/.well-known/oauth-protected-resource", {200}),
        ("get", "/v1/me", {401}),
        ("options", "/v1/me", {200, 204}),
    ],
)
def test_a_program_is_answered_in_json_and_never_sent_to_a_login(
    method: str, path: str, status: set[int]
) -> None:
    response = getattr(Client(), method)(path)

    assert response.status_code in status
    assert "Location" not in response


def test_the_login_page_itself_can_be_reached(stranger: OAuthClient) -> None:
    assert stranger.browser.get("/login").status_code == 200


def test_who_sent_the_person_is_looked_at_before_the_login(stranger: OAuthClient) -> None:
    assert stranger.authorize(client_id="unknown").status_code == 400
    assert "login_required" in stranger.authorize(prompt="none")["Location"]


def test_the_whole_way_to_a_token_is_open(printer: OAuthClient) -> None:
    tokens: dict[str, Any] = printer.tokens()

    assert me(tokens["access_token"]).status_code == 200
    assert printer.refresh(tokens["refresh_token"]).status_code == 200
