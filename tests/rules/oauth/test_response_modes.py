"""Which response modes an address has, and which of them an answer takes."""

from __future__ import annotations

import pytest

from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND
from oauthcore.rules.oauth.response_modes import choices, chosen


@pytest.mark.parametrize(
    ("uri", "is_implicit", "modes"),
    [
        ("https://client.example/cb", False, ["query", "fragment", "form_post"]),
        ("http://127.0.0.1/cb", False, ["query", "fragment", "form_post"]),
        ("com.example.app:/cb", False, ["query", "fragment"]),
        ("icecubesapp://", False, ["query", "fragment"]),
        (OUT_OF_BAND, False, ["query"]),
        ("https://client.example/cb", True, ["fragment"]),
    ],
)
def test_an_address_has_the_modes_that_a_browser_can_bring_there(uri, is_implicit, modes):
    offered = choices(uri, is_implicit=is_implicit)

    assert [mode.value for mode in offered] == modes
    assert chosen(None, offered).value == chosen("jwt", offered).value == modes[0]
    assert [chosen(mode, offered).value for mode in modes] == modes
