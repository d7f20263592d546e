"""An answer is a document, or it is not: the status, the type, the size, JSON."""

import time

import pytest

from oauthcore.outgoing import connecting
from oauthcore.outgoing.documents import fetch
from oauthcore.rules.wire.https_urls import HttpsURL
from tests.support.document_server import json_response
from tests.support.fetching import refusal_of


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "5")
@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"]
)
def test_no_redirect_is_followed(server, loopback, status):
    server.put({}, f"Location: {server.url('/there')}", status=status)
    server.put({"a": 1}, path="/there")

    assert status[:3] in refusal_of(server.url())
    assert len(server.requests) == 1


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "5")
@pytest.mark.parametrize(
    "status", ["201 Created", "204 No Content", "206 Partial", "404 Not Found", "500 Broken"]
)
def test_only_the_status_200_is_a_document(server, loopback, status):
    server.put({"a": 1}, status=status)

    assert status[:3] in refusal_of(server.url())


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "4")
@pytest.mark.parametrize(
    ("media_type", "is_json"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("Application/JSON", True),
        ("application/oauth-client+json", True),
        ("text/html", False),
        ("text/json", False),
        ("application/jsonp", False),
        ("", False),
    ],
)
def test_only_json_is_read(server, loopback, media_type, is_json):
    server.pages["/client"] = json_response({"a": 1}).replace(b"application/json", media_type.encode())

    if is_json:
        assert fetch(HttpsURL.parse(server.url())).content == {"a": 1}
    else:
        assert refusal_of(server.url()) == "The answer is not application/json."


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 4000, b'{"a":1,"a":2}', b"\xff", b"NaN", b'{"a":' * 40 + b"1" + b"}" * 40]
)
def test_what_is_no_plain_json_is_refused(server, loopback, body):
    server.put(body)

    assert "JSON" in refusal_of(server.url()) or "body" in refusal_of(server.url())


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "8.7")
def test_a_document_may_have_8_kib_and_not_a_byte_more(server, loopback):
    server.put(b'"' + b"a" * (8 * 1024 - 2) + b'"')
    assert len(fetch(HttpsURL.parse(server.url())).body) == 8 * 1024

    server.put(b'"' + b"a" * (8 * 1024 - 1) + b'"')
    assert refusal_of(server.url()) == "The document has more than 8192 bytes."


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.rfc("draft-ietf-oauth-client-id-metadata-document", "8.7")
@pytest.mark.parametrize("head", [HEAD + b"\r\n", HEAD + b"Content-Length: 99999999999999999999\r\n\r\n"])
def test_an_endless_body_is_not_read_to_its_end(server, loopback, head):
    def endless(send, _):
        send(head)
        while True:
            send(b" " * 65536)

    server.pages["/client"] = endless

    began = time.monotonic()
    assert refusal_of(server.url()) == "The document has more than 8192 bytes."
    assert time.monotonic() - began < 2


def test_an_endless_chunked_body_is_not_read_to_its_end(server, loopback):
    def endless(send, _):
        send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            send(b"400\r\n" + b" " * 1024 + b"\r\n")

    server.pages["/client"] = endless

    assert refusal_of(server.url()) == "The document has more than 8192 bytes."


def test_a_compressed_body_is_not_unpacked(server, loopback):
    server.put(b"\x1f\x8b", "Content-Encoding: gzip")

    assert refusal_of(server.url()) == "The answer is compressed."


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"])
def test_what_is_no_answer_is_refused(server, loopback, answer):
    server.pages["/client"] = answer

    assert "The answer" in refusal_of(server.url()) or "does not answer" in refusal_of(server.url())


def test_a_body_that_ends_too_early_is_refused(server, loopback):
    server.pages["/client"] = json_response({"a": 1}).replace(b"Content-Length: 8", b"Content-Length: 9")

    assert "does not answer" in refusal_of(server.url())


def test_without_its_library_nothing_is_read(server, monkeypatch):
    monkeypatch.setattr(connecting, "find_spec", lambda name: None)

    assert "sends no requests" in refusal_of(server.url())
    assert server.requests == []
