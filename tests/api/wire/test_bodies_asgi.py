"""Bodies of our endpoints under ASGI: counted while they come in, and cut off where nobody would read them.

Django reads a whole body before any view, so ``oauthcore.asgi.RequestLimits`` has to count.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.asgi import get_asgi_application

from oauthcore.asgi import RequestLimits
from oauthcore.models import Application, Token
from tests.support.factories import register
from tests.support.service_tokens.exchange import Exchange
from tests.support.service_tokens.making import make

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.sqlite_only("bodies are refused before any query"),
]

CHUNKED = {"transfer_encoding": "chunked"}
LARGEST = 64 * 1024
PIECE = b" " * 8192
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


@pytest.fixture(scope="module")
def application() -> Any:
    return RequestLimits(get_asgi_application())


def fields() -> dict[str, str]:
    return register().credentials | {"grant_type": "client_credentials"}


def form_data(sent: dict[str, str]) -> bytes:
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    return "".join([*(part.format(*pair) for pair in sent.items()), "--b--\r\n"]).encode()


@pytest.mark.parametrize("headers", [CHUNKED, {}, CHUNKED | {"content_length": "3"}])
@pytest.mark.parametrize("is_multipart", [False, True])
def test_a_body_whose_length_nobody_declared_is_read_whole(headers, is_multipart, application):
    body = form_data(fields()) if is_multipart else json.dumps(fields()).encode()
    kind = {"content_type": MULTIPART} if is_multipart else {}

    answer = Exchange("", path="/oauth/token", pieces=[body[:9], body[9:]], **headers, **kind).through(
        application
    )

    assert answer.status == 200
    assert Token.objects.count() == 1


@pytest.mark.parametrize("path", ["/oauth/token", "/v1/auth/sign_in", "/api/v1/apps", "/v1/me"])
def test_it_is_cut_off_past_64_kib_however_much_follows(path, application):
    answer = Exchange("", path=path, pieces=[PIECE] * 1000, **CHUNKED).through(application)

    assert (answer.status, answer.error) == (413, "request_too_large")
    assert answer.asked_for == LARGEST // len(PIECE) + 1
    assert answer.headers["request-id"]
    assert answer.headers["cache-control"] == "no-store"
    assert ("access-control-allow-origin" in answer.headers) is ("/auth/" not in path)
    assert not Application.objects.exists()


@pytest.mark.parametrize(("path", "most"), [("/oauth/token", LARGEST), ("/v1/sets", 2**20)])
def test_a_declared_length_past_it_is_refused_before_anybody_asks_for_the_body(path, most, application):
    answer = Exchange("", path=path, pieces=[b"x"], content_length=str(most + 1)).through(application)

    assert (answer.status, answer.error, answer.asked_for) == (413, "request_too_large", 0)


@pytest.mark.parametrize("path", ["/login", "/oauth/authorize", "/oauth/security/"])
def test_a_page_is_cut_off_past_64_kib_too_and_says_so_itself(path, application):
    endless = Exchange("", path=path, pieces=[PIECE] * 1000, content_type=FORM, **CHUNKED)
    declared = Exchange("", path=path, pieces=[PIECE], content_type=FORM, content_length=str(LARGEST + 1))

    for answer, asked_for in ((endless, LARGEST // len(PIECE) + 1), (declared, 0)):
        answer.through(application)
        assert (answer.status, answer.asked_for) == (413, asked_for)
        assert "This form is too long" in answer.body.decode()
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "frame-ancestors" in answer.headers["content-security-policy"]


def test_a_page_that_takes_a_file_is_cut_off_past_4_mib(application):
    sent = {"path": "/oauth/applications/new", "content_type": FORM}
    endless = Exchange("", pieces=[PIECE] * 10_000, **sent, **CHUNKED)
    declared = Exchange("", pieces=[PIECE], content_length=str(4 * 2**20 + 1), **sent)

    for answer, asked_for in ((endless, 4 * 2**20 // len(PIECE) + 1), (declared, 0)):
        answer.through(application)
        assert (answer.status, answer.asked_for) == (413, asked_for)
        assert "This file is too large" in answer.body.decode()


def test_a_form_in_chunks_is_read_whole(application):
    token = "a" * 32
    own = {"origin": "https://testserver", "cookie": f"csrftoken={token}", "x_csrftoken": token}

    answer = Exchange(
        "", path="/login", pieces=[b"username=ada&pass", b"word=x"], content_type=FORM, **own, **CHUNKED
    ).through(application)

    assert answer.status == 200
    assert "username or the password is wrong" in answer.body.decode()


def test_what_a_token_may_send_is_asked_at_pages_too(application):
    made = make(scopes=["read"], max_request_bytes=10)
    sent = {"path": "/login", "content_type": FORM}

    for answer in (
        Exchange(made.text, pieces=[PIECE] * 1000, **sent, **CHUNKED).through(application),
        Exchange(made.text, pieces=[PIECE], content_length="11", **sent).through(application),
    ):
        assert (answer.status, answer.error) == (413, "request_too_large")


@pytest.mark.parametrize("path", ["/oauth/applications/new", "/admin/login/"])
def test_a_page_that_takes_files_or_is_the_sites_is_read_past_64_kib(path, application):
    answer = Exchange("", path=path, pieces=[PIECE] * 20, content_type="text/plain").through(application)

    assert (answer.status, answer.asked_for >= 20) == (403, True)  # it was no form of theirs
