"""Every error on the dialect's routes has its ``status``, whoever made it (wire §3 and §1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.test import Client

from oauthcore.api.dialects import deviantart
from tests.support.described_api import Comparison
from tests.support.dialects.deviantart import PLACEBO
from tests.support.factories import bearer, register
from tests.support.oauth import basic

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("members that are added to an error after it was decided"),
]

at_every_route = pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/revoke", PLACEBO])
by_post = pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/revoke"])


def assert_error(response: Any, status: int, error: str) -> None:
    assert (response.status_code, response["Content-Type"]) == (status, "application/json")
    assert list(response.json()) == ["status", "error", "error_description"]
    assert (response.json()["status"], response.json()["error"]) == ("error", error)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert response["Cache-Control"] == "no-store"
    assert response["Request-Id"]


def send(path: str, body: Any = b"", content_type: str = "", **extra: Any) -> Any:
    registered = register()
    is_placebo = path == PLACEBO
    header = f"Bearer {bearer()}" if is_placebo else basic(registered.client_id, registered.client_secret)
    return Client(raise_request_exception=False).generic(
        "POST", path, body, content_type=content_type, headers={"authorization": header}, **extra
    )


@at_every_route
@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_a_wrong_method_is_405_with_the_status(path, method):
    response = getattr(Client(), method)(path, headers={"x-http-method-override": "POST"})

    assert_error(response, 405, "method_not_allowed")
    assert "POST" in response["Allow"]


@at_every_route
@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "x"])
def test_another_content_type_is_415_with_the_status(path, content_type):
    assert_error(send(path, b"x", content_type), 415, "unsupported_media_type")


@at_every_route
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", "application/json"),
        (b"[" * 60_000, "application/json"),
        (b"[]", "application/json"),
        (b"a=%ff", "application/x-www-form-urlencoded"),
        (b"a=%00", "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_ill_formed_is_400_with_the_status(path, body, content_type):
    assert_error(send(path, body, content_type), 400, "invalid_request")


@at_every_route
def test_what_is_too_large_is_413_with_the_status(path):
    response = send(path, b"x", "application/json", CONTENT_LENGTH=str(2 * 1024 * 1024))

    assert_error(response, 413, "request_too_large")


@at_every_route
def test_a_length_that_is_no_number_is_400_with_the_status(path):
    assert_error(send(path, b"x", "application/json", CONTENT_LENGTH="+1"), 400, "invalid_request")


#: What may come of code that is not ours, and what the middleware makes of it.
ELSEWHERE = {
    "a bug": (RuntimeError("a bug"), 500, "server_error"),
    "the database": (OperationalError("gone"), 503, "temporarily_unavailable"),
    "nothing there": (Http404(), 404, "not_found"),
    "not allowed": (PermissionDenied(), 403, "access_denied"),
}


@at_every_route
@pytest.mark.parametrize("debug", [False, True], ids=["", "DEBUG"])
@pytest.mark.parametrize(("broken", "status", "error"), ELSEWHERE.values(), ids=list(ELSEWHERE))
def test_what_breaks_outside_of_the_endpoint_is_answered_with_the_status(
    path, debug, broken, status, error, settings, monkeypatch
):
    settings.DEBUG = debug
    monkeypatch.setattr(Comparison, "is_on", False)  # no description has what is not ours

    def breaks(*_: Any, **__: Any) -> HttpResponse:
        raise broken

    for name in ("body_parameters", "authenticate"):
        monkeypatch.setattr(deviantart, name, breaks)

    assert_error(send(path), status, error)


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/v1/me"])
def test_the_errors_of_other_routes_have_no_status(path):
    assert "status" not in Client().delete(path).json()


@at_every_route
def test_a_preflight_lets_any_origin_call(path):
    response = Client().options(path, headers={"origin": "https://elsewhere.example"})

    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("path", ["/oauth2/token/", "/oauth2/revoke/", f"{PLACEBO}/"])
def test_a_trailing_slash_is_a_404_in_json_and_no_redirect(path):
    response = Client().post(path)

    assert (response.status_code, response.json()["error"]) == (404, "not_found")


@by_post
def test_a_login_middleware_of_the_site_does_not_redirect(path, settings):
    middleware = "django.contrib.auth.middleware.LoginRequiredMiddleware"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, middleware]

    assert Client().post(path).status_code in (400, 401)
