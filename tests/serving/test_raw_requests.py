"""Requests that no decent client sends, byte by byte (``security.md`` 137, 138, 186).

A server program may refuse what is not HTTP before we see it, in its own words. What reaches us is answered
in JSON on JSON routes, and nothing is ever a 500 or a hang.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

FORM = "Content-Type: application/x-www-form-urlencoded"
BODY = "grant_type=client_credentials"
TOKEN = "POST /oauth/token HTTP/1.1"


@dataclass(frozen=True)
class Answer:
    """The first answer on a connection."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_ours(self) -> bool:
        """Whether the request got as far as the site."""
        return "request-id" in self.headers


def send(site, *lines, body="", host=None):
    """Send a head and a body as they are, close our half, and read until the other half closes."""
    at = urlsplit(site.url)
    head = [lines[0], f"Host: {host or at.netloc}", *lines[1:], "Connection: close", "", ""]
    with socket.create_connection((at.hostname, at.port), timeout=20) as connection:
        connection.sendall("\r\n".join(head).encode("latin-1") + body.encode("latin-1"))
        connection.shutdown(socket.SHUT_WR)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    return parsed(received)


def parsed(received):
    head, _, body = received.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(status_line.split()[1]), headers, body)


LENGTHS = {
    "longer than the body": ["Content-Length: 5000"],
    "shorter than the body": ["Content-Length: 7"],
    "signed": [f"Content-Length: +{len(BODY)}"],
    "negative": ["Content-Length: -1"],
    "no number": ["Content-Length: abc"],
    "full-width digits": ["Content-Length: \xef\xbc\x94"],
    "huge": ["Content-Length: 99999999999999999999"],
    "two of them": [f"Content-Length: {len(BODY)}", "Content-Length: 3"],
    "length and chunks": [f"Content-Length: {len(BODY)}", "Transfer-Encoding: chunked"],
    "not quite chunked": ["Transfer-Encoding: xchunked"],
    "compressed chunks": ["Transfer-Encoding: gzip, chunked"],
    "chunks that are none": ["Transfer-Encoding: chunked"],
    "no length at all": [],
}


@pytest.mark.parametrize("path", ["/oauth/token", "/v1/uploads"])
@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS)
def test_a_body_whose_length_is_a_lie_is_refused(lengths, path, site):
    answer = send(site, f"POST {path} HTTP/1.1", FORM, *lengths, body=BODY)

    assert 400 <= answer.status < 500 or (answer.status == 501 and not answer.is_ours)
    if answer.is_ours:
        assert answer.headers["content-type"] == "application/json"
        assert json.loads(answer.body)["error"]


@pytest.mark.rfc("9112", "7.1")
def test_a_body_in_chunks_is_read_whole_or_counts_as_none(site):
    fields = "&".join(
        f"{name}={value}" for name, value in {**site.credentials, "grant_type": "client_credentials"}.items()
    )
    chunks = f"{len(fields):x}\r\n{fields}\r\n0\r\n\r\n"

    answer = send(site, TOKEN, FORM, "Transfer-Encoding: chunked", body=chunks)

    assert answer.is_ours
    assert answer.headers["content-type"] == "application/json"
    assert answer.status in (200, 400, 401, 411)


HEADS = {
    "another host": (["GET /v1/me HTTP/1.1"], "evil.example"),
    "no host of ours": (["GET /v1/me HTTP/1.1"], "a b"),
    "absolute address": (["GET http://evil.example/v1/me HTTP/1.1"], "evil.example"),
    "NUL in the path": (["GET /v1/images/%00 HTTP/1.1"], None),
    "invalid UTF-8 in the path": (["GET /v1/images/%ff%fe HTTP/1.1"], None),
    "bytes in the path": (["GET /v1/images/\xff\xfe HTTP/1.1"], None),
    "bytes in the query": (["GET /v1/images?page=\xff HTTP/1.1"], None),
    "bytes in a header": (["GET /v1/me HTTP/1.1", "Authorization: Bearer \xff\xfe"], None),
    "huge header": (["GET /v1/me HTTP/1.1", f"Authorization: Bearer {'x' * 65536}"], None),
    "two authorizations": (
        ["GET /v1/me HTTP/1.1", "Authorization: Bearer a", "Authorization: Bearer b"],
        None,
    ),
    "unknown method": (["BREW /oauth/token HTTP/1.1"], None),
    "expects 100": ([TOKEN, FORM, f"Content-Length: {len(BODY)}", "Expect: 100-continue"], None),
    "expects a miracle": ([TOKEN, FORM, "Content-Length: 0", "Expect: a-miracle"], None),
    "odd content type": ([TOKEN, "Content-Type: ;;;", "Content-Length: 0"], None),
    "unknown charset": ([TOKEN, f"{FORM}; charset=nonsense", "Content-Length: 0"], None),
}


@pytest.mark.parametrize(("lines", "host"), HEADS.values(), ids=HEADS)
def test_a_head_that_makes_no_sense_is_refused(lines, host, site):
    answer = send(site, *lines, host=host)

    assert 400 <= answer.status < 500
    if answer.is_ours:
        assert answer.headers["content-type"] == "application/json"
        assert json.loads(answer.body)["error"]


def test_after_all_that_the_site_still_answers(site):
    assert site.post("/oauth/token", grant_type="client_credentials").status_code == 200
