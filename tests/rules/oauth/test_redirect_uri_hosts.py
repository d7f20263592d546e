"""Where a redirect URI leads: what people approve of it, and whether that is this site."""

from __future__ import annotations

import pytest

from oauthcore.rules.oauth.redirect_uris import host_to_approve, is_at


@pytest.mark.parametrize(
    ("uri", "approved"),
    [
        ("https://client.example/cb", "client.example"),
        ("https://client.example:8443/cb", "client.example:8443"),
        ("http://127.0.0.1:50001/cb", "127.0.0.1"),
        ("http://[::1]:50001/cb", "[::1]"),
        ("http://[::1]/cb", "[::1]"),
        ("https://localhost:8443/cb", "localhost"),
        ("com.example.app:/cb", "com.example.app"),
        ("com.example.app://localhost/cb", "com.example.app"),
    ],
)
def test_people_approve_a_host_and_on_the_device_no_port(uri, approved):
    assert host_to_approve(uri) == approved


@pytest.mark.parametrize(
    ("uri", "is_there"),
    [
        ("https://site.example/cb", True),
        ("https://SITE.example:443/cb", True),
        ("https://site.example:8443/cb", False),
        ("http://site.example/cb", False),
        ("http://site.example:443/cb", False),
        ("https://site.example.evil.example/cb", False),
        ("com.example.app://site.example/cb", False),
        ("https://[::1/cb", False),
        ("https://site.example:99999/cb", False),
    ],
)
def test_an_origin_is_recognised_however_it_is_written(uri, is_there):
    assert is_at(uri, "https://site.example") is is_there
