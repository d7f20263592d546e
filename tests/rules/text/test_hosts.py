"""Hosts of websites as people are shown them: in ASCII, so that letters that look alike are told apart."""

import pytest

from oauthcore.rules.text.hosts import host_of


@pytest.mark.parametrize(
    ("website", "host"),
    [
        ("https://Light.Example/about?a=b", "light.example"),
        ("https://user@light.example:8443/", "light.example"),
        ("https://\u0430pple.example", "xn--pple-43d.example"),
        (f"https://{'a' * 64}.example", f"{'a' * 64}.example"),
        ("", ""),
    ],
)
def test_a_host_is_shown_in_ascii_wherever_that_can_be(website, host):
    assert host_of(website) == host
