"""Requests of an application that signs that it is itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.factories import Registered
from tests.support.jose import asserted
from tests.support.oauth import post

ISSUER = "https://testserver"
YEARS = 10 * 365 * 24 * 60 * 60
ASKED = {"grant_type": "client_credentials", "token": "nobody-issued-this"}
at_every_endpoint = pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])


def ask(path: str, *, authorization: str | None = None, **parameters: Any) -> Any:
    """Send a good request to any of the endpoints where applications say who they are."""
    headers = {"authorization": authorization} if authorization else {}
    return post(path, ASKED | parameters, **headers)


def refuse(one: Registered, key: Any = None, *, path: str = "/oauth/token", **how: Any) -> Any:
    """Send an assertion that is refused; return the answer."""
    response = ask(path, **asserted(one.client_id, key, **how))
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client"), response.content
    assert response["WWW-Authenticate"].startswith("Basic")
    return response
