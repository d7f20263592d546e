"""What a body may be before anything of it is read, at every endpoint of ours (wire §1).

Django reads no more of a body than Content-Length says, so that one in chunks would pass for an empty one;
and what is compressed, or in another character set, would be taken for something else than was meant. Over
sockets: ``tests/serving/test_bodies.py``.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from tests.support.factories import bearer, register
from tests.support.oauth import basic
from tests.support.service_tokens.making import make
from tests.support.token_places import Unread

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("bodies are refused before any query"),
]

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
PLACEBO = "/api/v1/oauth2/placebo"
OF_APPLICATIONS = ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth2/token", "/oauth2/revoke"]
OF_PEOPLE = [f"/v1/auth/{name}" for name in ("sign_in", "mfa", "token", "sign_out")]
OURS = [*OF_APPLICATIONS, *OF_PEOPLE, PLACEBO, "/api/v1/apps"]
OF_THE_LIBRARY = ["/v1/sets", "/v1/archives", "/v1/uploads"]

#: What is said of a body, and the refusal of it.
REFUSED: dict[str, tuple[dict[str, str], tuple[int, str]]] = {
    "in chunks": ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, (411, "length_required")),
    "in chunks, with a length": ({"HTTP_TRANSFER_ENCODING": "chunked"}, (411, "length_required")),
    "in chunks, of no length": (
        {"CONTENT_LENGTH": "0", "HTTP_TRANSFER_ENCODING": "chunked"},
        (411, "length_required"),
    ),
    "large": ({"CONTENT_LENGTH": str(64 * 1024 + 1)}, (413, "request_too_large")),
    "compressed": ({"HTTP_CONTENT_ENCODING": "gzip"}, (415, "unsupported_media_type")),
    "compressed twice": ({"HTTP_CONTENT_ENCODING": "identity, BR"}, (415, "unsupported_media_type")),
    "in another character set": (
        {"CONTENT_TYPE": f"{JSON}; charset=iso-8859-1"},
        (415, "unsupported_media_type"),
    ),
    "in UTF-16": ({"CONTENT_TYPE": f"{JSON}; charset=utf-16"}, (415, "unsupported_media_type")),
    "in no character set": ({"CONTENT_TYPE": f"{JSON}; charset=nonsense"}, (415, "unsupported_media_type")),
}
each_refusal = pytest.mark.parametrize(("said", "refusal"), REFUSED.values(), ids=REFUSED)


def rows() -> dict[str, int]:
    """Return how many rows each table has."""
    models = [model for label in ("oauthcore", "photos") for model in apps.get_app_config(label).get_models()]
    return {model.__name__: model._base_manager.count() for model in models}


def credentials(path: str) -> dict[str, str]:
    if path == PLACEBO:
        return {"Authorization": f"Bearer {bearer()}"}
    if path in OF_APPLICATIONS:
        registered = register()
        return {"Authorization": basic(registered.client_id, registered.client_secret)}
    if path in OF_THE_LIBRARY:
        made = make(scopes=["api.sets.write", "api.download", "api.upload"])
        return {"Authorization": f"Bearer {made.text}"}
    return {}


def send(path: str, body: bytes = b"{}", content_type: str = JSON, **said: Any) -> Any:
    return Client().generic("POST", path, body, content_type, headers=credentials(path), **said)


def assert_refused(answer: Any, status: int, error: str) -> None:
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]
    assert answer["Content-Type"] == JSON
    assert answer["Cache-Control"] == "no-store"
    assert answer["Request-Id"]


@each_refusal
@pytest.mark.parametrize("path", OURS)
def test_what_would_not_be_read_as_it_is_meant_is_refused_unread(path, said, refusal):
    headers = credentials(path)
    before = rows()

    answer = Client().generic("POST", path, b"{}", JSON, headers=headers, **{"wsgi.input": Unread(), **said})

    assert_refused(answer, *refusal)
    assert rows() == before


@pytest.mark.rfc("9110", "15.5.16")
@pytest.mark.parametrize("path", [*OURS, *OF_THE_LIBRARY])
def test_a_compressed_body_is_refused_and_its_client_told_to_send_it_plain(path):
    compressed = send(path, HTTP_CONTENT_ENCODING="gzip", content_type="image/png" if "upl" in path else JSON)

    assert_refused(compressed, 415, "unsupported_media_type")
    assert compressed["Accept-Encoding"] == "identity"
    assert "Accept-Encoding" not in send(path, content_type="text/plain")


@pytest.mark.parametrize("coding", ["identity", "Identity", ""])
@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"', "utf8"])
@pytest.mark.parametrize("path", [*OURS, "/v1/sets"])
def test_what_says_that_it_is_plain_utf_8_is_read(path, charset, coding):
    answer = send(path, content_type=f"{JSON}; charset={charset}", HTTP_CONTENT_ENCODING=coding)

    assert answer.status_code not in (411, 413, 415)


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "nonsense"])
@pytest.mark.parametrize("content_type", [FORM, JSON, "multipart/form-data; boundary=b"])
def test_the_character_set_counts_for_every_kind_of_body(content_type, charset):
    for path in ("/oauth/token", "/v1/sets"):
        answer = send(path, b"a", f"{content_type}; charset={charset}")

        assert_refused(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("path", OURS)
def test_64_kib_are_read_and_a_byte_more_is_not(path):
    body = json.dumps({"unknown": "x"}).encode()

    assert send(path, body.ljust(64 * 1024)).status_code not in (411, 413, 415)
    assert_refused(send(path, body.ljust(64 * 1024 + 1)), 413, "request_too_large")


def test_the_library_reads_a_mebibyte_of_json_and_no_byte_more():
    body, before = json.dumps({"name": "By the sea"}).encode(), rows()["ImageSet"]

    assert send("/v1/sets", body.ljust(2**20)).status_code == 201
    assert_refused(send("/v1/sets", body.ljust(2**20 + 1)), 413, "request_too_large")
    assert rows()["ImageSet"] == before + 1


@pytest.mark.parametrize("path", OF_THE_LIBRARY)
@pytest.mark.parametrize("which", ["in chunks", "in chunks, with a length", "in chunks, of no length"])
def test_the_library_takes_no_chunks_for_an_empty_body(path, which):
    said, refusal = REFUSED[which]
    headers = credentials(path)

    answer = Client().generic("POST", path, b"{}", JSON, headers=headers, **{"wsgi.input": Unread(), **said})

    assert_refused(answer, *refusal)
    assert rows()["ImageSet"] == rows()["Image"] == 0


def test_a_token_in_a_form_in_chunks_is_not_taken_for_none(client):
    answer = client.generic("POST", "/v1/me", b"x", FORM, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")

    assert_refused(answer, 411, "length_required")


def multipart(parts: int) -> bytes:
    part = '--b\r\nContent-Disposition: form-data; name="x{}"\r\n\r\n\r\n'
    return "".join([*map(part.format, range(parts)), "--b--\r\n"]).encode()


def test_a_hundred_parts_are_read_and_one_more_is_not():
    content_type = "multipart/form-data; boundary=b"

    assert send("/api/v1/apps", multipart(100), content_type).status_code == 422
    assert_refused(send("/api/v1/apps", multipart(101), content_type), 400, "invalid_request")


@pytest.mark.parametrize("zeros", ["0", "000000000000000000000000"])
def test_a_length_may_begin_with_zeros(zeros):
    length = zeros + str(len(b"{}"))

    assert send("/api/v1/apps", CONTENT_LENGTH=length).status_code == 422


@pytest.mark.parametrize("number", ["01", "001", "00", "+1", " 1", "1 ", "\uff11"])
def test_a_number_has_one_spelling_wherever_it_is_an_id(number, client):
    registered = register()
    number = number.replace("1", str(registered.application.pk))

    answer = client.post("/oauth/token", registered.credentials | {"client_id": number})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("number", ["01", "00", "9" * 400])
@pytest.mark.parametrize("path", ["/v1/keywords/{}", "/oauth/applications/{}/"])
def test_a_number_in_an_address_has_one_spelling_too(path, number, client):
    assert client.get(path.format(number)).status_code == 404
