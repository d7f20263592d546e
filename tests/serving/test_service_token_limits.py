"""The limits of service tokens hold over a real socket, under WSGI and ASGI, whatever length is declared.

Wire §5. A refused request stores nothing, and nobody reads it.
"""

from __future__ import annotations

import json
import socket

import pytest
import requests

from tests.support.serving.raw import (
    PATIENCE_SECONDS,
    answer_on,
    assert_refused,
    connect,
    head,
    send,
    send_until_answered,
)

CAP = 1024
LARGE = 200 * 2**20
FIRST = "POST /v1/sets HTTP/1.1"
UPLOAD = "POST /v1/uploads HTTP/1.1"
JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"


def token(site, which):
    """Return the header of one of the demo's tokens."""
    chosen = {
        "full": lambda one: one["allowed_networks"] is None and one["max_request_bytes"] is None,
        "capped": lambda one: one["max_request_bytes"] == CAP,
        "elsewhere": lambda one: one["allowed_networks"] is not None,
    }[which]
    text = next(one["token"] for one in site.demo["service_tokens"] if chosen(one))
    return f"Authorization: Bearer {text}"


def new_set(size):
    """Return the JSON of a new set, of so many bytes: blanks around a short name."""
    text = json.dumps({"name": "Sent in the raw"})
    return text.ljust(size)


def in_chunks(body, size=100):
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return "".join(f"{len(one):x}\r\n{one}\r\n" for one in [*pieces, ""])


def is_asgi(site):
    return site.server.title == "uvicorn"


def library(site):
    """Return what the account has, and the files that there are."""
    header = dict([token(site, "full").split(": ", 1)])
    listed = [
        requests.get(f"{site.url}/v1/{name}?limit=100", headers=header, timeout=60).json()[name]
        for name in ("sets", "images")
    ]
    files = [path for path in (site.folder / "media").rglob("*") if path.is_file()]
    return [len(one) for one in listed], len(files)


@pytest.fixture
def nothing_stored(site):
    """Hold the library after the test against what it was before; nothing is left of what came in."""
    before = library(site)
    yield
    assert library(site) == before
    assert list((site.folder / "temporary").iterdir()) == []


def test_a_body_of_the_cap_is_taken(site):
    capped = token(site, "capped")

    assert send(site, FIRST, JSON, capped, f"Content-Length: {CAP}", body=new_set(CAP)).status == 201


@pytest.mark.usefixtures("nothing_stored")
def test_one_byte_more_is_not(site):
    capped = token(site, "capped")

    answer = send(site, FIRST, JSON, capped, f"Content-Length: {CAP + 1}", body=new_set(CAP + 1))

    assert (answer.status, answer.error, answer.content_type) == (
        413,
        "request_too_large",
        "application/json",
    )
    assert answer.request_id


LIES = {
    "shorter than the body": ["Content-Length: 12"],
    "longer than the cap": [f"Content-Length: {CAP + 1}"],
    "none": [],
    "signed": [f"Content-Length: +{CAP}"],
    "negative": ["Content-Length: -1"],
    "no number": ["Content-Length: abc"],
    "two": [f"Content-Length: {CAP}", "Content-Length: 3"],
    "two in one": [f"Content-Length: {CAP}, 3"],
    "beside chunks": [f"Content-Length: {CAP}", CHUNKED],
    "compressed chunks": ["Transfer-Encoding: gzip, chunked"],
    "not quite chunks": ["Transfer-Encoding: xchunked"],
    "chunks that are none": [CHUNKED],
}


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("lengths", LIES.values(), ids=LIES)
def test_a_length_that_lies_stores_nothing(lengths, site):
    assert_refused(send(site, FIRST, JSON, token(site, "capped"), *lengths, body=new_set(CAP) + "\r\n\r\n"))


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize("first", [FIRST, UPLOAD])
def test_a_body_that_ends_before_its_length_stores_nothing(first, site):
    kind = JSON if first == FIRST else "Content-Type: image/jpeg"

    answer = send(
        site,
        first,
        kind,
        token(site, "capped"),
        f"Content-Length: {CAP}",
        body=new_set(40),
        then_hang_up=True,
    )

    if answer is not None:
        assert_refused(answer)


@pytest.mark.rfc("9112", "7.1")
def test_chunks_are_counted_under_asgi_and_refused_under_wsgi(site):
    answer = send(site, FIRST, JSON, token(site, "capped"), CHUNKED, body=in_chunks(new_set(CAP)))

    if is_asgi(site):
        assert answer.status == 201
    else:
        assert (answer.status, answer.error) == (411, "length_required")


@pytest.mark.usefixtures("nothing_stored")
def test_chunks_beyond_the_cap_are_cut_off_however_many_follow(site):
    piece = f"{CAP:x}\r\n{' ' * CAP}\r\n".encode()
    with connect(site) as connection:
        connection.sendall(head(site, FIRST, JSON, token(site, "capped"), CHUNKED))
        connection.sendall(piece + piece)  # and no end
        answer = answer_on(connection)

    expected = (413, "request_too_large") if is_asgi(site) else (411, "length_required")
    assert (answer.status, answer.error) == expected


@pytest.mark.rfc("9110", "10.1.1")
@pytest.mark.usefixtures("nothing_stored")
def test_who_waits_to_be_asked_for_a_large_body_is_refused(site):
    lines = [UPLOAD, "Content-Type: image/jpeg", token(site, "capped"), f"Content-Length: {LARGE}"]
    with connect(site) as connection:
        connection.sendall(head(site, *lines, "Expect: 100-continue"))
        received = b""
        while piece := connection.recv(65536):
            received += piece

    said = [line for line in received.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]
    # gunicorn asks for the body before it calls anybody.
    asked = [] if is_asgi(site) else [b"HTTP/1.1 100 Continue"]
    assert [line[:12] for line in said] == [line[:12] for line in asked] + [b"HTTP/1.1 413"]


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize(
    ("which", "status", "error"),
    [("capped", 413, "request_too_large"), ("elsewhere", 403, "ip_not_allowed")],
)
def test_a_large_upload_is_refused_before_its_body_is_read(which, status, error, site):
    lines = [UPLOAD, "Content-Type: image/jpeg", token(site, which), f"Content-Length: {LARGE}"]

    answer = send_until_answered(site, *lines, size=LARGE)

    assert (answer.status, answer.error) == (status, error)
    assert answer.sent < 2**20


@pytest.mark.parametrize("claim", ["127.0.0.2", "127.0.0.2:4000", "127.0.0.2, 127.0.0.1"])
def test_a_claim_to_come_from_elsewhere_is_not_believed(claim, site):
    answer = send(site, "GET /v1/me HTTP/1.1", token(site, "elsewhere"), f"X-Forwarded-For: {claim}")

    assert (answer.status, answer.error) == (403, "ip_not_allowed")


def test_from_its_network_a_token_works(site):
    address = site.url.removeprefix("http://").split(":")
    with socket.create_connection(
        (address[0], int(address[1])), timeout=PATIENCE_SECONDS, source_address=("127.0.0.2", 0)
    ) as connection:
        connection.sendall(head(site, "GET /v1/me HTTP/1.1", token(site, "elsewhere")))
        assert answer_on(connection).status == 200


def test_a_refused_body_is_never_taken_for_the_next_request(site):
    inner = "GET /v1/public/images HTTP/1.1\r\nHost: evil.example\r\n\r\n".ljust(2 * CAP)
    lines = [FIRST, JSON, token(site, "capped"), f"Content-Length: {len(inner)}"]
    kept_open = head(site, *lines).replace(b"Connection: close\r\n", b"")
    with connect(site) as connection:
        connection.sendall(kept_open + inner.encode())
        first = answer_on(connection)
        try:
            connection.sendall(head(site, "GET /v1/me HTTP/1.1", token(site, "full")))
            second = answer_on(connection)
        except (BrokenPipeError, ConnectionResetError):
            second = None

    assert first.status == 413
    assert second is None or (second.status, json.loads(second.body)["kind"]) == (200, "service_token")


def test_after_all_that_the_site_still_serves(site):
    for which in ("full", "capped"):
        assert send(site, "GET /v1/me HTTP/1.1", token(site, which)).status == 200
