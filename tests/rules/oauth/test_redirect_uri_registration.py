"""Redirect URIs at registration: what may be registered, with a sentence for what may not."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from oauthcore.rules.oauth.redirect_uris import LONGEST, is_scheme, problem_with

bits = ["https://", "http://", "com.example.app:", "/", "//", "a", "client.example", "127.0.0.1", "[::1]"]
odd_bits = [
    "[",
    "]",
    ":",
    ":99999",
    "@",
    "?",
    "#",
    "*",
    "%",
    "%2e",
    "%0a",
    ".",
    "..",
    "\\",
    "\n",
    "\x00",
    "é",
]
fragments = st.lists(st.sampled_from([*bits, *odd_bits])).map("".join)


@pytest.mark.parametrize(
    "uri",
    [
        "https://client.example/cb",
        "https://client.example",
        "https://client.example/",
        "https://client.example:8443/cb?from=here&there=%2Fx",
        "https://client.example?x=1",
        "https://xn--bcher-kva.example/cb;v=1",
        "https://192.0.2.7/cb",
        "https://client.example/a.b/..c/cb",
        "http://127.0.0.1/cb",
        "http://127.0.0.1:8000/cb",
        "http://[::1]:8000/cb",
        "http://localhost:8000/cb",
        "https://[::1]/cb",
        "com.example.app:/cb",
        "com.example.app:/",
        "com.example.app://cb",
        "com.example.app://",
        "com.example.app:///cb?x=1",
        "https://client.example/" + "x" * (LONGEST - 23),
    ],
)
def test_https_loopback_and_reversed_domain_schemes_may_be_registered(uri):
    assert problem_with(uri) is None


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("https://client.example/cb#x", "fragment"),
        ("https://client.example/cb#", "fragment"),
        ("https://*.client.example/cb", "wildcards"),
        ("https://client.example/*", "wildcards"),
        ("http://client.example/cb", "https"),
        ("http://127.0.0.2/cb", "https"),
        ("https://evil@client.example/cb", "user name"),
        ("https://client.example@evil.example/cb", "user name"),
        ("https://client.example:80@evil.example/cb", "user name"),
        ("https://user:secret@client.example/cb", "user name"),
        ("/cb", "absolute"),
        ("//client.example/cb", "absolute"),
        ("cb", "absolute"),
        ("", "plain ASCII"),
        ("https:/client.example/cb", "Two slashes"),
        ("https:client.example/cb", "Two slashes"),
        ("https:///cb", "host"),
        ("https://", "host"),
        ("https://client.example:99999/cb", "port"),
        ("https://client.example:0/cb", "port"),
        ("https://client.example:/cb", "port"),
        ("https://client.example:8a/cb", "port"),
        ("https://client.example%2fcb", "host"),
        ("https://-client.example/cb", "host"),
        ("https://client..example/cb", "host"),
        ("https://client.example./cb", "host"),
        ("http://127.1/cb", "host"),
        ("http://2130706433/cb", "host"),
        ("https://192.0.2.256/cb", "host"),
        ("https://192.0.2.07/cb", "host"),
        ("http://[::1", "host"),
        ("http://[not-an-ip]/", "host"),
        ("https://[2001:db8::1]/cb", "loopback address"),
        ("http://[0:0:0:0:0:0:0:1]/cb", "loopback address"),
        ("https://client.example/cb/../x", "segments"),
        ("https://client.example/cb/.", "segments"),
        ("https://client.example/cb/%2e%2e/x", "segments"),
        ("https://client.example/cb/.%2E?x=1", "segments"),
        ("com.example.app:cb", "One or two slashes"),
        ("com.example.app:", "One or two slashes"),
        ("com.example.app://user@cb", "user name"),
        ("com.example.app://user@cb?x=1", "user name"),
        ("com.example.app://cb#x", "fragment"),
        ("com.example.app://*", "wildcards"),
        ("Com.Example.App:/cb", "lower case"),
        ("myapp:/cb", "domain name reversed"),
        ("icecubesapp://", "domain name reversed"),
        ("HTTPS://client.example/cb", "lower case"),
        ("urn:ietf:wg:oauth:2.0:oob", "OAuth 2.1 shows no codes"),
        ("urn:ietf:wg:oauth:2.0:oob:auto", "domain name reversed"),
        ("https://client.example/" + "x" * (LONGEST - 22), "characters"),
    ],
)
def test_what_may_not_be_registered_is_told_why(uri, words):
    assert words in (problem_with(uri) or "")


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("Cursor://cb", "domain name reversed"),
        ("cursors://cb", "domain name reversed"),
        ("cursor:cb", "One or two slashes"),
        ("cursor://user@cb", "user name"),
    ],
)
def test_a_scheme_without_a_dot_may_be_registered_where_the_site_lists_it(uri, words):
    assert problem_with("cursor://anysphere.cursor-deeplink/cb", schemes=["cursor"]) is None
    assert words in (problem_with(uri, schemes=["cursor"]) or "")


@pytest.mark.parametrize(
    "uri",
    [
        "icecubesapp://",
        "mastodon://joinmastodon.org/oauth",
        "mastodon-android-auth://callback",
        "oauth2redirect://com.keylesspalace.tusky/",
        "tuba://auth_code",
        "app:/cb",
        "My.App+2-x://cb",
        "com.example.app:/cb",
        "https://client.example/cb",
    ],
)
def test_a_legacy_application_may_register_any_scheme_of_its_own(uri):
    assert problem_with(uri, is_legacy=True) is None


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("icecubesapp:", "One or two slashes"),
        ("urn:ietf:wg:oauth:2.0:oob:auto", "One or two slashes"),
        ("icecubesapp://#", "fragment"),
        ("icecubesapp://user:secret@x", "user name"),
        ("icecubesapp://*", "wildcards"),
        ("9app://cb", "letters, digits"),
        ("my_app://cb", "letters, digits"),
        ("://cb", "letters, digits"),
    ],
)
def test_what_a_legacy_application_may_not_register_is_told_why(uri, words):
    assert words in (problem_with(uri, is_legacy=True) or "")


@pytest.mark.parametrize(
    "uri",
    [
        "https://a/cb\nhttps://evil.example/cb",
        "https://client.example/cb\r\nSet-Cookie:a=b",
        "https://client.example/cb%0d%0aSet-Cookie:a=b",
        "https://client.example/cb%09",
        "https://client.example/cb%00",
        "https://client.example/cb%zz",
        "https://client.example/cb%",
        "https://client.example/cb\x00",
        "https://client.example\\@evil.example/cb",
        "https://client.exa\tmple/cb",
        "\x01https://client.example/cb",
        " https://client.example/cb",
        "https://client.example\uff0fcb",
        "https://client.ex\u0430mple/cb",
        'https://client.example/"cb"',
        "https://client.example/<script>",
        "https://client.example/{cb}",
    ],
)
def test_control_characters_foreign_letters_and_broken_escapes_are_refused(uri):
    assert "plain ASCII" in (problem_with(uri) or "")


@pytest.mark.rfc("9700", "4.1")
@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "javascript:/alert.html",
        "javascript://client.example/%250aalert(1)",
        "data:text/html,x",
        "data:/x",
        "vbscript:msgbox",
        "file:///etc/passwd",
        "blob:https://client.example/x",
        "about:blank",
        "view-source:https://client.example/",
        "ftp://client.example/cb",
        "ws://client.example/cb",
        "wss://client.example/cb",
        "WSS://client.example/cb",
        "filesystem://client.example/cb",
        "FileSystem:/x",
        "blob:/x",
        "about:/blank",
        "View-Source:/x",
        "intent://client.example/#Intent;end",
        "intent://client.example/cb",
        "Data:/text/html,x",
        "VBScript:/x",
        "HTTP:/x",
    ],
)
def test_a_scheme_that_browsers_run_or_read_is_refused(uri):
    assert problem_with(uri)
    assert problem_with(uri, is_legacy=True)
    assert problem_with(uri, schemes=[uri.partition(":")[0]])


@pytest.mark.parametrize("text", ["", "1a", "a b", "a:", "a/", "javascript", "HTTPS", "é", "a\n"])
def test_what_is_no_scheme_or_a_browsers_own_cannot_be_listed(text):
    assert not is_scheme(text)


@given(fragments | st.text())
@example("https://[::1]]/")
@example("https://client.example:٣/cb")
def test_registering_gives_a_verdict_for_any_text(uri):
    for problem in (problem_with(uri), problem_with(uri, is_legacy=True)):
        assert problem is None or problem.endswith(".")


@given(fragments)
def test_what_may_be_registered_means_the_same_to_a_parser(uri):
    if problem_with(uri) is not None:
        return
    parts = urlsplit(uri)

    assert parts.geturl().rstrip("?") == uri.rstrip("?")
    assert (parts.username, parts.fragment) == (None, "")
    assert (
        parts.scheme == "https" or "." in parts.scheme or parts.hostname in ("127.0.0.1", "::1", "localhost")
    )
