"""Bodies over a real socket: in chunks, too large, compressed, in another character set (wire §1).

gunicorn puts chunks together and says so (``wsgi.input_terminated``); Django reads what Content-Length says
and nothing else, so a form in chunks would come in empty.
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from tests.support.serving.raw import answer_on, connect, head, send, send_until_answered

FORM, JSON = "Content-Type: application/x-www-form-urlencoded", "Content-Type: application/json"
TOKEN, SIGN_IN = "POST /oauth/token HTTP/1.1", "POST /v1/auth/sign_in HTTP/1.1"
APPS = "POST /api/v1/apps HTTP/1.1"
CHUNKED = "Transfer-Encoding: chunked"


def in_chunks(body: str, size: int = 50) -> str:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return "".join(f"{len(one):x}\r\n{one}\r\n" for one in [*pieces, ""])


def is_asgi(site):
    return site.server.title == "uvicorn"


def sign_in(site):
    ada = site.demo["users"][0]
    return json.dumps(
        {"login": ada["username"], "password": ada["password"], "device": {"name": "a", "platform": "b"}}
    )


@pytest.mark.rfc("9112", "6.3")
def test_chunks_are_counted_under_asgi_and_refused_under_wsgi(site):
    form = urlencode(site.credentials | {"grant_type": "client_credentials"})
    registration = urlencode({"client_name": "In chunks", "redirect_uris": "https://client.example/cb"})

    bodies = ((TOKEN, FORM, form), (SIGN_IN, JSON, sign_in(site)), (APPS, FORM, registration))
    answers = [send(site, first, kind, CHUNKED, body=in_chunks(body)) for first, kind, body in bodies]

    if is_asgi(site):
        assert [answer.status for answer in answers] == [200] * 3
    else:
        assert [(answer.status, answer.error) for answer in answers] == [(411, "length_required")] * 3


def test_what_is_too_large_is_refused_before_it_is_sent(site):
    answer = send_until_answered(site, TOKEN, FORM, "Content-Length: 209715200", size=200 * 2**20)

    assert (answer.status, answer.error) == (413, "request_too_large")
    assert answer.sent < 2**20


def test_chunks_without_end_are_cut_off(site):
    piece = f"{8192:x}\r\n{' ' * 8192}\r\n".encode()
    with connect(site) as connection:
        connection.sendall(head(site, TOKEN, JSON, CHUNKED))
        connection.sendall(piece * 9)  # and no end
        answer = answer_on(connection)

    expected = (413, "request_too_large") if is_asgi(site) else (411, "length_required")
    assert (answer.status, answer.error) == expected


@pytest.mark.parametrize("said", ["Content-Encoding: gzip", "Content-Encoding: deflate, identity"])
def test_a_compressed_body_is_refused(said, site):
    answer = send(site, SIGN_IN, JSON, said, f"Content-Length: {len(sign_in(site))}", body=sign_in(site))

    assert (answer.status, answer.error) == (415, "unsupported_media_type")


def test_another_character_set_is_refused(site):
    kind = f"{JSON}; charset=iso-8859-1"

    answer = send(site, SIGN_IN, kind, f"Content-Length: {len(sign_in(site))}", body=sign_in(site))

    assert (answer.status, answer.error) == (415, "unsupported_media_type")
