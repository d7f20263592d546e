"""Requests that no decent client sends, byte by byte.

A server program may refuse what is not HTTP before we see it, in its own words. What reaches us is answered
in JSON on JSON routes, and nothing is ever a 500 or a hang.
"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.support.serving.raw import assert_refused, send

FORM = "Content-Type: application/x-www-form-urlencoded"
BODY = "grant_type=client_credentials"
TOKEN = "POST /oauth/token HTTP/1.1"


LENGTHS = {
    "shorter than the body": ["Content-Length: 7"],
    "signed": [f"Content-Length: +{len(BODY)}"],
    "negative": ["Content-Length: -1"],
    "no number": ["Content-Length: abc"],
    "full-width digits": ["Content-Length: \xef\xbc\x94"],
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
    assert_refused(send(site, f"POST {path} HTTP/1.1", FORM, *lengths, body=f"{BODY}\r\n\r\n"))


@pytest.mark.parametrize("path", ["/oauth/token", "/v1/uploads"])
@pytest.mark.parametrize("length", ["5000", "99999999999999999999"])
def test_a_client_that_hangs_up_in_the_middle_of_its_body_gets_nothing_done(length, path, site):
    fields = urlencode(site.credentials | {"grant_type": "client_credentials"})

    answer = send(
        site,
        f"POST {path} HTTP/1.1",
        FORM,
        f"Content-Length: {length}",
        body=fields,
        then_hang_up=True,
    )

    if answer is not None:
        assert_refused(answer)


@pytest.mark.rfc("9112", "7.1")
def test_a_body_in_chunks_is_read_whole_under_asgi_and_refused_under_wsgi(site):
    fields = urlencode(site.credentials | {"grant_type": "client_credentials"})
    chunks = f"{len(fields):x}\r\n{fields}\r\n0\r\n\r\n"

    answer = send(site, TOKEN, FORM, "Transfer-Encoding: chunked", body=chunks)

    assert answer.request_id is not None
    assert answer.content_type == "application/json"
    if site.server.title == "uvicorn":
        assert answer.status == 200
    else:
        assert (answer.status, answer.error) == (411, "length_required")


HEADS = {
    "another host": (["GET /v1/me HTTP/1.1"], "evil.example"),
    "no host of ours": (["GET /v1/me HTTP/1.1"], "a b"),
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
    "expects 100": ([TOKEN, FORM, "Content-Length: 0", "Expect: 100-continue"], None),
    "expects a miracle": ([TOKEN, FORM, "Content-Length: 0", "Expect: a-miracle"], None),
    "odd content type": ([TOKEN, "Content-Type: ;;;", "Content-Length: 0"], None),
    "unknown charset": ([TOKEN, f"{FORM}; charset=nonsense", "Content-Length: 0"], None),
}


@pytest.mark.parametrize(("lines", "host"), HEADS.values(), ids=HEADS)
def test_a_head_that_makes_no_sense_is_refused(lines, host, site):
    assert_refused(send(site, *lines, host=host))


def test_the_absolute_address_of_another_site_is_refused(site):
    answer = send(site, "GET http://evil.example/v1/me HTTP/1.1", host="evil.example")

    assert 400 <= answer.status < 500
    assert b"evil.example" not in answer.body


def test_after_all_that_the_site_still_answers(site):
    assert site.post("/oauth/token", grant_type="client_credentials").status_code == 200
