"""What every answer of ``/v1/auth/*`` has in common, whatever went wrong (wire §1, §6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from oauthcore.api.second_factor import totp as second_factor_view
from oauthcore.api.sign_in import devices as devices_view
from oauthcore.api.sign_in import sign_in as sign_in_view
from oauthcore.models import Token
from oauthcore.urls import urlpatterns
from tests.support.factories import PASSWORD, bearer
from tests.support.sign_in.client import AppClient
from tests.support.sign_in.people import Person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("headers and members that all answers have in common"),
]

PATHS = {
    str(one.name): f"/{one.pattern}".replace("<str:uuid>", "6f1c2a34-0000-4000-8000-000000000001")
    for one in urlpatterns
    if str(one.pattern).startswith("v1/auth/")
}
METHODS = dict.fromkeys(PATHS, "POST") | {
    "totp": "POST, DELETE",
    "devices": "GET, HEAD, DELETE",
    "device": "DELETE",
}
EVERY_METHOD = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
#: What a browser sends from a page of another site, before and with a request.
ELSEWHERE = {
    "origin": "https://evil.example",
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization, content-type",
}
every_path = pytest.mark.parametrize("path", [pytest.param(path, id=name) for name, path in PATHS.items()])


def assert_closed(response: Any) -> None:
    """Check that no page of another site may read an answer, and no cache stores it."""
    assert not [name for name in response.headers if name.lower().startswith("access-control-")]
    assert response["Cache-Control"] == "no-store"
    assert "Request-Id" in response
    assert response.status_code < 300 or response.status_code >= 400


def answers_of(path: str, token: str) -> Iterator[Any]:
    """Ask with each method, with and without a token, well and badly."""
    client = Client(raise_request_exception=False)
    for method in EVERY_METHOD:
        for authorization in ({}, {"authorization": "Bearer nonsense"}, {"authorization": f"Bearer {token}"}):
            if method != "DELETE" or "nonsense" in str(authorization):
                yield client.generic(method, path, headers={**ELSEWHERE, **authorization})
    for body, content_type in (("{", "application/json"), ("a=b", "application/x-www-form-urlencoded")):
        yield client.generic(
            "POST", path, body, content_type, headers={**ELSEWHERE, "authorization": f"Bearer {token}"}
        )


@every_path
def test_no_page_of_another_site_may_read_an_answer_and_no_cache_stores_it(person: Person, path: str) -> None:
    statuses = set()
    for response in answers_of(path, AppClient().access_token()):
        assert_closed(response)
        assert response["X-Content-Type-Options"] == "nosniff"
        if response.status_code != 204:
            assert response["Pragma"] == "no-cache"
        statuses.add(response.status_code)

    assert 405 in statuses


@every_path
@pytest.mark.parametrize(("broken", "status"), [(RuntimeError, 500), (OperationalError, 503)])
def test_neither_when_something_breaks(
    person: Person, monkeypatch: pytest.MonkeyPatch, path: str, broken: type[Exception], status: int
) -> None:
    def breaks(*_: Any, **__: Any) -> Any:
        raise broken

    for module, name in (
        (sign_in_view, "json_members"),
        (second_factor_view, "require_session"),
        (devices_view, "require_session"),
    ):
        monkeypatch.setattr(module, name, breaks)
    method = "DELETE" if "devices" in path else "POST"

    response = Client(raise_request_exception=False).generic(method, path, headers=ELSEWHERE)

    assert response.status_code == status
    assert response.json().keys() == {"error", "error_description"}
    assert_closed(response)


def test_neither_for_what_is_refused_before_the_view(person: Person, settings: Any) -> None:
    client = Client(raise_request_exception=False)
    path = PATHS["sign_in"]

    for response in (
        client.post(path, CONTENT_LENGTH="many", headers=ELSEWHERE),
        client.post(path, headers={**ELSEWHERE, "host": "evil.example"}),
        client.post(f"{path}/", headers=ELSEWHERE),
        client.options(f"{path}/nothing", headers=ELSEWHERE),
        client.get("/v1/auth/", headers=ELSEWHERE),
    ):
        assert response.status_code in (400, 404)
        assert_closed(response)


def test_other_json_routes_may_still_be_read_when_something_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    token = bearer()
    answers = [client.post(reverse("oauthcore:token"), CONTENT_LENGTH="many")]
    for broken in (RuntimeError, OperationalError):
        monkeypatch.setattr(Token, "find_access", Mock(side_effect=broken))
        answers.append(client.get("/v1/me", headers={"authorization": f"Bearer {token}"}))

    assert [one.status_code for one in answers] == [400, 500, 503]
    assert {one["Access-Control-Allow-Origin"] for one in answers} == {"*"}


@every_path
def test_a_method_that_is_not_there_is_answered_with_those_that_are(path: str) -> None:
    [name] = [name for name, one in PATHS.items() if one == path]
    allowed = f"{METHODS[name]}, OPTIONS"
    client = Client()

    for method in EVERY_METHOD:
        response = client.generic(method, path, headers={"x-http-method-override": "POST"})
        if method not in allowed.split(", "):
            assert response.status_code == 405, method
            assert response["Allow"] == allowed
    assert (client.options(path).status_code, client.options(path)["Allow"]) == (204, allowed)


def test_no_address_has_another_with_a_slash(person: Person) -> None:
    for path in PATHS.values():
        for method in ("GET", "POST", "DELETE"):
            assert Client().generic(method, f"{path}/").status_code == 404


def test_a_session_cookie_stands_in_for_nothing(person: Person) -> None:
    browser = Client()
    browser.force_login(person.user)

    assert browser.get(PATHS["devices"]).status_code == 401
    for name in ("sign_out", "totp", "totp_confirm", "recovery_codes"):
        response = browser.post(
            PATHS[name], {"password": PASSWORD, "code": "1"}, content_type="application/json"
        )
        assert response.json()["error"] == "not_authenticated"


def test_a_compressed_answer_repeats_nothing_that_was_sent(person: Person, settings: Any) -> None:
    settings.MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *settings.MIDDLEWARE]
    app = AppClient()

    marker = "sent-by-a-stranger"
    for answer in (
        app.sign_in(marker, marker),
        app.mfa(marker, marker),
        app.token(marker, marker),
        app.call("POST", "sign_in", {"login": marker, "password": 1, "device": {"name": 1, marker: marker}}),
    ):
        assert marker.encode() not in answer.body
