"""Whatever the authorize page is asked: the browser goes to a registered address or the login page, or stays.

RFC 9700 §4.11.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oauthcore.models import Application
from tests.support.factories import register, register_public
from tests.support.oauth import CHALLENGE, OAuthClient

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

REGISTERED = ["https://client.example/cb", "https://client.example/cb?tenant=1", "http://127.0.0.1/cb"]
#: Where an answer may go: the registered addresses, and the loopback one on a port.
ALLOWED = (
    *(f"{uri}{'&' if '?' in uri else '?'}" for uri in REGISTERED),
    "com.example.app:/cb?",
    "http://127.0.0.1:51004/cb?",
    "/login?next=/oauth/authorize",
)

JUNK = st.text(max_size=30) | st.sampled_from(
    [
        "",
        " ",
        "\x00",
        "%00",
        "\r\nSet-Cookie: a=b",
        "é",
        "\ud7ff",
        "../",
        "//evil.example",
        "'\"><script>",
        "9" * 40,
    ]
)
ADDRESSES = st.sampled_from(
    [
        *REGISTERED,
        "com.example.app:/cb",
        "http://127.0.0.1:51004/cb",
        "https://client.example/cb/",
        "https://client.example/cb#x",
        "https://client.example@evil.example/cb",
        "https://client.example\\@evil.example/cb",
        "https://evil.example/?x=https://client.example/cb",
        "//evil.example",
        "javascript:alert(1)",
        "http://127.0.0.1:51004@evil.example/cb",
        "com.example.app://evil.example/cb",
    ]
)
VALUES = {
    "response_type": st.sampled_from(["code", "token", "code token"]) | JUNK,
    "client_id": st.sampled_from(["confidential", "public", "trusted", "switched-off", "unknown"]) | JUNK,
    "redirect_uri": ADDRESSES | st.builds(str.__add__, ADDRESSES, JUNK) | JUNK,
    "scope": st.sampled_from(["read", "api.images.read", "write"]) | JUNK,
    "state": JUNK,
    "code_challenge": st.just(CHALLENGE) | JUNK,
    "code_challenge_method": st.sampled_from(["S256", "plain"]) | JUNK,
    "prompt": st.sampled_from(["none", "login", "consent", "none login"]) | JUNK,
    "force_login": st.sampled_from(["true", "false"]) | JUNK,
    "request_uri": ADDRESSES,
    "next": ADDRESSES,
    "iss": JUNK,
}
GOOD = {
    "response_type": "code",
    "client_id": "confidential",
    "redirect_uri": REGISTERED[0],
    "scope": "read",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@st.composite
def queries(draw: Any) -> str:
    """A good query with some parameters changed, left out or repeated, escaped well or not at all."""
    pairs = [(name, value) for name, value in GOOD.items() if draw(st.integers(0, 9))]
    for name in draw(st.lists(st.sampled_from(list(VALUES)), max_size=4)):
        if draw(st.booleans()):
            pairs = [pair for pair in pairs if pair[0] != name]
        pairs.insert(draw(st.integers(0, len(pairs))), (name, draw(VALUES[name])))
    safe = draw(st.sampled_from(["", "/:?@\\", "%"]))
    return "&".join(f"{name}={quote(value, safe=safe)}" for name, value in pairs)


@pytest.fixture
def applications(printer: OAuthClient) -> None:
    """One application of each kind; ada has approved the confidential one."""
    register(client_id="confidential", redirect_uris=REGISTERED)
    register_public(client_id="public", redirect_uris=["com.example.app:/cb"])
    register(client_id="trusted", redirect_uris=REGISTERED, is_trusted=True)
    register(client_id="switched-off")
    Application.objects.filter(client_id="switched-off").update(is_enabled=False)
    printer.code(client_id="confidential")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries(), is_logged_in=st.booleans(), method=st.sampled_from(["get", "post"]))
def test_the_browser_goes_to_a_registered_address_or_to_the_login_or_stays(
    applications: None, printer: OAuthClient, query: str, is_logged_in: bool, method: str
) -> None:
    browser = printer.browser if is_logged_in else Client()

    response = getattr(browser, method)(f"/oauth/authorize?{query}")

    assert response.status_code in (200, 302, 400)
    if response.status_code == 302:
        location = response["Location"]
        assert location.startswith(ALLOWED)
        assert not set("\r\n\t ") & set(location)
        assert is_logged_in or location.startswith("/login?") or "error=login_required" in location
    else:
        assert "Location" not in response
