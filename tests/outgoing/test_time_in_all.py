"""A fetch has three seconds in all, whatever is slow."""

import socket
import time

import pytest

from oauthcore.outgoing import documents, names
from oauthcore.rules.wire.https_urls import HttpsURL
from tests.support.document_server import HOST
from tests.support.fetching import refusal_of

SECONDS_OF_A_SITE = documents.SECONDS_IN_ALL
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture
def in_a_moment(hosted, monkeypatch):
    """Give the whole of a fetch less time than the three seconds, so that tests are quick."""
    monkeypatch.setattr(documents, "SECONDS_IN_ALL", 0.4)


def test_a_fetch_of_a_site_has_three_seconds():
    assert SECONDS_OF_A_SITE == 3.0


def _trickle(start: bytes, piece: bytes):
    def send_slowly(send, _):
        send(start)
        while True:
            time.sleep(0.05)
            send(piece)

    return send_slowly


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X"),
        (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (HEAD + b"\r\n", b" "),
        (HEAD + b"Content-Length: 8000\r\n\r\n", b" "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
)
def test_a_trickle_of_bytes_has_the_same_time_in_all(server, loopback, in_a_moment, start, piece):
    server.pages["/client"] = _trickle(start, piece)

    began = time.monotonic()
    assert "within" in refusal_of(server.url())
    assert time.monotonic() - began < 2.5


def test_a_server_that_says_nothing_has_the_same_time_in_all(server, loopback, in_a_moment):
    server.pages["/client"] = lambda send, _: time.sleep(5)

    assert "within" in refusal_of(server.url())


def test_a_handshake_that_never_ends_has_the_same_time_in_all(resolver, loopback, in_a_moment):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        assert "within" in refusal_of(f"https://{HOST}:{silent.getsockname()[1]}/client")
        assert time.monotonic() - began < 2.5


def test_a_slow_resolver_has_the_same_time_in_all(server, resolver, loopback, in_a_moment):
    resolver.names[HOST] = lambda: time.sleep(5) or ["127.0.0.1"]

    began = time.monotonic()
    assert refusal_of(server.url()) == "The host was not found in time."
    assert time.monotonic() - began < 2.5


def test_lookups_that_hang_do_not_pile_up(server, resolver, loopback, in_a_moment, monkeypatch):
    lookups = names.BoundedSemaphore(1)
    monkeypatch.setattr(names, "_lookups", lookups)
    with lookups:
        assert refusal_of(server.url()) == "Too many names are being looked up."
    assert resolver.asked == []


def test_names_of_strangers_that_hang_leave_places_for_others(server, resolver, loopback, monkeypatch):
    places = names.BoundedSemaphore(1)
    monkeypatch.setattr(names, "_lookups_for_strangers", places)
    server.put(b'{"client_id": "one"}')
    url = HttpsURL.parse(server.url())

    with places:
        with pytest.raises(names.NotFetched, match="Too many names"):
            documents.fetch(url, seconds=0.2, is_strangers=True)
        assert documents.fetch(url).content
