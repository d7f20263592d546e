"""The address that a proof is made for (``htu``): the same however it is written (RFC 9449 §4.3)."""

from __future__ import annotations

import pytest

from oauthcore.rules.oauth.dpop import canonical

URL = "https://testserver/oauth/token"


@pytest.mark.rfc("9449", "4.3")
@pytest.mark.parametrize(
    "htu",
    [
        "https://testserver/oauth/token",
        "HTTPS://TestServer/oauth/token",
        "https://testserver:443/oauth/token",
        "https://testserver/oauth/token?a=b",
        "https://testserver/oauth/token#part",
        "https://testserver/oauth/%74oken",
        "https://testserver/oauth/./x/../token",
    ],
)
def test_an_address_means_the_same_however_it_is_written_and_whatever_its_query(htu):
    assert canonical(htu) == canonical(URL)


@pytest.mark.parametrize(
    "htu",
    [
        "https://testserver/oauth/token/",
        "https://testserver/OAuth/token",
        "https://testserver/oauth/token%3Fa",
        "https://testserver:8443/oauth/token",
        "https://testserver./oauth/token",
    ],
)
def test_another_address_is_another_one(htu):
    assert canonical(htu) not in (canonical(URL), None)


@pytest.mark.parametrize(
    "htu",
    [
        *(
            "",
            "testserver",
            "/oauth/token",
            "//testserver/oauth/token",
            "https:///x",
            "ftp://testserver/oauth/token",
        ),
        *(
            "https://a@testserver/x",
            "https://testserver:port/",
            "https://[::1/x",
            "https://testserver/ä",
            "https://t /",
        ),
        *("https://test\nserver/x", "https://testserver/\t", "urn:x", "https:testserver/x"),
    ],
)
def test_what_is_no_whole_address_is_none(htu):
    assert canonical(htu) is None


@pytest.mark.parametrize(
    ("one", "other"), [("https://id.example", "https://id.example/"), ("http://a:80/x", "http://a/x")]
)
def test_an_empty_path_and_the_usual_port_may_be_left_out(one, other):
    assert canonical(one) == canonical(other)
