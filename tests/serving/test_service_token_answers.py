"""What service tokens are answered over a real socket, under WSGI and ASGI, row by row (wire §5)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

FULL, READING, ELSEWHERE, CAPPED, EXPIRED = range(5)


def ask(site: Any, token: str | None, method: str = "GET", path: str = "/v1/images") -> requests.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return requests.request(method, site.url + path, headers=headers, timeout=60)


def token(site: Any, which: int) -> str:
    text: str = site.demo["service_tokens"][which]["token"]
    return text


def test_no_credentials_are_asked_for_without_an_error(site):
    response = ask(site, None)

    assert (response.status_code, response.json()["error"]) == (401, "not_authenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "error=" not in response.headers["WWW-Authenticate"]


@pytest.mark.parametrize("which", ["malformed", "cut", "never issued", "expired"])
def test_what_is_not_live_is_an_invalid_token_and_all_look_the_same(which, site):
    text = {
        "malformed": "nonsense",
        "cut": token(site, FULL)[:-1],
        "never issued": token(site, FULL)[:-1] + ("A" if token(site, FULL)[-1] != "A" else "B"),
        "expired": token(site, EXPIRED),
    }[which]
    response = ask(site, text)

    assert (response.status_code, response.json()["error"]) == (401, "invalid_token")
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
    assert response.json() == ask(site, "nonsense").json()


def test_a_token_of_another_network_is_refused(site):
    response = ask(site, token(site, ELSEWHERE))

    assert (response.status_code, response.json()["error"]) == (403, "ip_not_allowed")


def test_a_scope_that_is_missing_is_named(site):
    image = ask(site, token(site, READING)).json()["images"][0]["uuid"]

    response = ask(site, token(site, READING), "DELETE", f"/v1/images/{image}")

    assert (response.status_code, response.json()["error"]) == (403, "insufficient_scope")
    assert 'scope="api.images.delete"' in response.headers["WWW-Authenticate"]


def test_a_live_one_is_told_what_it_is(site):
    response = ask(site, token(site, CAPPED), path="/v1/me")
    told = response.json()

    assert response.headers["Cache-Control"] == "no-store"
    assert (told["kind"], told["token"]["max_request_bytes"]) == ("service_token", 1024)
    assert (told["user"], told["application"]) == (None, None)
