"""Redirect URIs that only begin like a registered one: for legacy applications that opted in.

Wire §2 point 2: same scheme, host and port; whole segments; no ``..``, encoded or not.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND, begins_with, begins_with_any
from tests.support.prefixes import BEHIND, DOTS, ELSEWHERE, REGISTERED, SLASHES


@pytest.mark.parametrize(
    ("registered", "sent"),
    [
        (REGISTERED, f"{REGISTERED}/"),
        (REGISTERED, f"{REGISTERED}/a"),
        (REGISTERED, f"{REGISTERED}/a/b.html"),
        (REGISTERED, f"{REGISTERED}/a/"),
        (REGISTERED, f"{REGISTERED}/..a/b.../...;c"),
        (REGISTERED, f"{REGISTERED}/%C3%A9/a%20b;v=1@x:y"),
        (f"{REGISTERED}/", f"{REGISTERED}/a"),
        ("https://client.example", "https://client.example/"),
        ("https://client.example", "https://client.example/a"),
        ("https://client.example/", "https://client.example/a"),
        ("https://client.example:8443/cb", "https://client.example:8443/cb/a"),
        ("http://127.0.0.1:8000/cb", "http://127.0.0.1:8000/cb/a"),
        ("http://localhost/cb", "http://localhost/cb/a"),
    ],
)
def test_an_address_below_the_registered_one_begins_with_it(registered, sent):
    assert begins_with(registered, sent)


@pytest.mark.parametrize("sent", ELSEWHERE.values(), ids=ELSEWHERE)
def test_an_address_somewhere_else_does_not(sent):
    assert not begins_with(REGISTERED, sent)


@pytest.mark.parametrize("tail", [*DOTS.values(), *SLASHES.values()], ids=[*DOTS, *SLASHES])
@pytest.mark.parametrize("registered", [REGISTERED, f"{REGISTERED}/", "https://client.example"])
def test_what_some_server_might_read_as_another_path_does_not(registered, tail):
    assert not begins_with(registered, registered.rstrip("/") + tail)


@pytest.mark.parametrize("tail", BEHIND.values(), ids=BEHIND)
def test_nothing_but_a_path_follows(tail):
    assert not begins_with(REGISTERED, f"{REGISTERED}{tail}")


def test_the_registered_address_itself_is_for_the_exact_comparison_to_tell():
    assert not begins_with(REGISTERED, REGISTERED)


@pytest.mark.parametrize(
    ("registered", "sent"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb/a"),
        ("http://127.0.0.1:8000/cb", "http://127.0.0.1:51004/cb/a"),
        ("http://[::1]/cb", "http://[::1]:51004/cb/a"),
    ],
)
def test_the_port_of_the_loopback_is_not_free_here(registered, sent):
    assert not begins_with(registered, sent)


@pytest.mark.parametrize(
    ("registered", "sent"),
    [
        (f"{REGISTERED}?tenant=1", f"{REGISTERED}?tenant=1/a"),
        (f"{REGISTERED}?tenant=1", f"{REGISTERED}/a?tenant=1"),
        (f"{REGISTERED}?tenant=1", f"{REGISTERED}/a"),
        ("com.example.app:/cb", "com.example.app:/cb/a"),
        (OUT_OF_BAND, f"{OUT_OF_BAND}/a"),
        (OUT_OF_BAND, f"{OUT_OF_BAND}:auto"),
        ("https://", "https://evil.example/"),
        ("https://client.example/a/../cb", "https://client.example/a/../cb/x"),
        ("http://client.example/cb", "http://client.example/cb/a"),
        ("javascript:/", "javascript://%0aalert(1)"),
    ],
)
def test_an_address_that_has_a_query_no_host_or_should_not_be_registered_is_no_beginning(registered, sent):
    assert not begins_with(registered, sent)


def test_one_beginning_among_those_registered_is_enough():
    assert begins_with_any([OUT_OF_BAND, REGISTERED], f"{REGISTERED}/a")
    assert not begins_with_any([OUT_OF_BAND, REGISTERED], "https://client.example/other")
    assert not begins_with_any([], f"{REGISTERED}/a")


@given(st.text(), st.text())
def test_any_two_texts_get_a_verdict(registered, sent):
    assert begins_with(registered, sent) in (True, False)
