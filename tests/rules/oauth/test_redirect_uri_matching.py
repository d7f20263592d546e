"""Redirect URIs at the authorize page: equal as strings, but for the port of a loopback IP literal."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauthcore.rules.oauth.redirect_uris import (
    host_of,
    is_impersonable,
    match_any,
    matches,
    private_use_scheme,
)

REGISTERED = "https://client.example/cb"
LOOPBACK = "http://127.0.0.1/cb"


def naively_matches(registered: str, sent: str, *, is_public: bool) -> bool:
    """Say the rule without a parser: cut a port out of a loopback origin by hand, and compare."""
    free = ["http://127.0.0.1", "http://[::1]", *(["http://localhost"] if is_public else [])]
    return registered == sent or (
        (ours := without_port(registered, free)) is not None and ours == without_port(sent, free)
    )


def without_port(uri: str, origins: list[str]) -> tuple[str, str] | None:
    for origin in origins:
        if not uri.startswith(origin):
            continue
        rest = uri[len(origin) :]
        if rest.startswith(":"):
            digits = ""
            while len(digits) < len(rest) - 1 and rest[1 + len(digits)] in "0123456789":
                digits += rest[1 + len(digits)]
            if not digits or digits[0] == "0" or len(digits) > 5 or int(digits) > 65535:
                return None
            rest = rest[1 + len(digits) :]
        return (origin, rest) if rest[:1] in ("", "/", "?") else None
    return None


pieces = {
    "scheme": st.sampled_from(["http://", "https://", "HTTP://", "http:/", "//", "com.example.app:/", ""]),
    "user": st.sampled_from(["", "", "", "evil@", "127.0.0.1@", "a:b@"]),
    "host": st.sampled_from(
        ["127.0.0.1", "127.0.0.1", "[::1]", "localhost", "client.example", "127.1", "2130706433", "[::2]"]
    ),
    "port": st.sampled_from(
        ["", "", ":80", ":51004", ":65535", ":65536", ":0", ":080", ":", ":8\uff10", ":1:2"]
    ),
    "path": st.sampled_from(["", "/", "/cb", "/cb/", "/CB", "/cb/../x", "/c%62", "/cb;x=1", "\\cb", ".evil"]),
    "end": st.sampled_from(["", "", "?", "?x=1", "#", "#x", "\n", "\x00", " "]),
}
uris = st.builds(lambda **parts: "".join(parts.values()), **pieces)


@given(uris | st.text(), uris | st.text(), st.booleans())
@example(LOOPBACK, "http://127.0.0.1:51004/cb", False)
@example("http://[::1]:1/cb", "http://[::1]:2/cb", False)
@example("http://localhost:1/cb", "http://localhost:2/cb", True)
@example("http://localhost:1/cb", "http://localhost:2/cb", False)
def test_a_uri_matches_when_it_is_equal_or_differs_in_a_loopback_port_only(registered, sent, is_public):
    found = matches(registered, sent, is_public=is_public)

    assert found is naively_matches(registered, sent, is_public=is_public)
    assert found is matches(sent, registered, is_public=is_public)


@given(st.text())
def test_a_uri_matches_itself(uri):
    assert matches(uri, uri)


@pytest.mark.rfc("9700", "2.1")
@pytest.mark.parametrize(
    "sent",
    [
        "https://client.example/cb/",
        "https://client.example/CB",
        "https://client.example/cb/../x",
        "https://client.example/cb/%2e%2e/x",
        "https://client.example/c%62",
        "https://client.example/cb?x=1",
        "https://client.example/cb?",
        "https://client.example/cb;evil=1",
        "https://client.example/cb#x",
        "https://client.example/cb#",
        "http://client.example/cb",
        "https://client.example:443/cb",
        "https://client.example:8443/cb",
        "https://client.example./cb",
        "https://client.example.evil.com/cb",
        "https://sub.client.example/cb",
        "https://CLIENT.example/cb",
        "HTTPS://client.example/cb",
        "https://evil@client.example/cb",
        "https://client.example@evil.example/cb",
        "https://client.example:80@evil.example/cb",
        "https://client.example\\@evil.example/cb",
        "https://client.exa\nmple/cb",
        "https://client.exa\tmple/cb",
        "\x01https://client.example/cb",
        " https://client.example/cb",
        "https://client.example/cb ",
        "https://client.example/cb\n",
        "https:/client.example/cb",
        "//client.example/cb",
        "https://client.example%2fcb",
        "https://client.example\uff0fcb",
        "https://client.ex\u0430mple/cb",
        "http://[::1",
        "http://[not-an-ip]/",
        "https://client.example:99999/cb",
        "javascript:alert(1)",
        "",
    ],
)
def test_nothing_but_the_very_string_matches(sent):
    assert not matches(REGISTERED, sent)


@pytest.mark.rfc("8252", "7.3")
@pytest.mark.parametrize(
    ("registered", "sent"),
    [
        (LOOPBACK, "http://127.0.0.1:51004/cb"),
        ("http://127.0.0.1:8000/cb", LOOPBACK),
        ("http://127.0.0.1:8000/cb", "http://127.0.0.1:65535/cb"),
        ("http://127.0.0.1/cb?from=app", "http://127.0.0.1:1/cb?from=app"),
        ("http://127.0.0.1", "http://127.0.0.1:1"),
        ("http://127.0.0.1?x", "http://127.0.0.1:1?x"),
        ("http://[::1]/cb", "http://[::1]:51004/cb"),
    ],
)
def test_the_port_of_a_loopback_ip_literal_is_free(registered, sent):
    assert matches(registered, sent)


@pytest.mark.rfc("8252", "7.3")
@pytest.mark.parametrize(
    "sent",
    [
        "http://localhost:51004/cb",
        "http://[::1]:51004/cb",
        "http://127.0.0.1:51004/other",
        "http://127.0.0.1:51004/cb/",
        "http://127.0.0.1:51004/cb?foo=bar",
        "http://127.0.0.1:51004/cb#",
        "http://127.0.0.1:51004/cb\n",
        "http://user@127.0.0.1/cb",
        "http://user@127.0.0.1:51004/cb",
        "http://127.0.0.1:51004@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.1/cb",
        "http://2130706433/cb",
        "http://0x7f.0.0.1/cb",
        "http://127.0.0.2/cb",
        "https://127.0.0.1:1/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:080/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:99999/cb",
        "http://127.0.0.1:-1/cb",
        "http://127.0.0.1:\uff15\uff11/cb",
    ],
)
def test_the_port_is_the_only_thing_that_is_free(sent):
    assert not matches(LOOPBACK, sent)


@pytest.mark.parametrize(
    "sent", ["http://localhost:51004/cb", "http://localhost:1/cb", "http://localhost:65535/cb"]
)
def test_the_port_of_localhost_is_free_for_a_public_application_only(sent):
    assert matches("http://localhost/cb", sent, is_public=True)
    assert match_any(["http://localhost:8000/cb"], sent, is_public=True)
    assert not matches("http://localhost/cb", sent)
    assert not match_any(["http://localhost:8000/cb"], sent)


@pytest.mark.parametrize(
    "sent",
    [
        "http://127.0.0.1:51004/cb",
        "https://localhost:51004/cb",
        "http://LOCALHOST:51004/cb",
        "http://localhost.:51004/cb",
        "http://localhost.evil.example/cb",
        "http://localhost:51004@evil.example/cb",
        "http://user@localhost:51004/cb",
        "http://localhost:0/cb",
        "http://localhost:65536/cb",
        "http://localhost:/cb",
        "http://localhost:51004/cb/",
        "http://localhost:51004/cb?x=1",
    ],
)
def test_nothing_else_of_localhost_is_free(sent):
    assert not matches("http://localhost/cb", sent, is_public=True)


def test_one_match_among_those_registered_is_enough():
    assert match_any([REGISTERED, LOOPBACK], "http://127.0.0.1:9/cb")
    assert not match_any([REGISTERED, LOOPBACK], "https://evil.example/cb")
    assert not match_any([], REGISTERED)


@pytest.mark.rfc("8252", "8.6")
@pytest.mark.parametrize(
    ("uri", "impersonable", "host"),
    [
        (REGISTERED, False, "client.example"),
        ("https://client.example:8443/cb?x=1", False, "client.example:8443"),
        (LOOPBACK, True, "127.0.0.1"),
        ("http://[::1]:9/cb", True, "[::1]:9"),
        ("http://localhost:9/cb", True, "localhost:9"),
        ("https://localhost/cb", True, "localhost"),
        ("https://app.localhost:9/cb", True, "app.localhost:9"),
        ("https://127.0.0.2/cb", True, "127.0.0.2"),
        ("https://[::1]/cb", True, "[::1]"),
        ("https://localhost.example/cb", False, "localhost.example"),
        ("com.example.app:/cb", True, ""),
        ("mastodon://bank.example/cb", True, ""),
    ],
)
def test_only_an_https_address_elsewhere_is_known_to_be_the_applications_own(uri, impersonable, host):
    assert is_impersonable(uri) is impersonable
    assert host_of(uri) == host


@pytest.mark.parametrize(
    ("uri", "scheme"),
    [
        (REGISTERED, ""),
        (LOOPBACK, ""),
        ("com.example.app:/cb", "com.example.app"),
        ("mastodon://bank.example/cb", "mastodon"),
    ],
)
def test_a_private_use_scheme_is_all_that_is_known_of_an_app(uri, scheme):
    assert private_use_scheme(uri) == scheme
