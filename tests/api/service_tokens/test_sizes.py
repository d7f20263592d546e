"""Wire §5: a body above the cap is 413, one without a length is 411 under WSGI, and neither is read.

Over sockets, and under ASGI: ``tests/serving``.
"""

from __future__ import annotations

import json

import pytest

from reference_site.photos.models import ImageSet
from tests.support.service_tokens.making import assert_answer, make
from tests.support.token_places import Unread

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("lengths are compared before the body is read"),
]

CAP = 200


@pytest.fixture
def capped():
    return make(scopes=["api.sets.write", "api.images.read", "api.upload"], max_request_bytes=CAP)


def body(size):
    """Return the JSON of a new set, of so many bytes."""
    text = json.dumps({"name": ""})
    return text.replace('""', f'"{"x" * (size - len(text))}"').encode()


def unread(made, length, path="/v1/sets", **extra):
    return made.ask("POST", path, b"unread", **{"wsgi.input": Unread(), "CONTENT_LENGTH": length, **extra})


def test_a_body_of_the_cap_is_taken_and_one_byte_more_is_not(capped):
    assert len(body(CAP)) == CAP

    assert capped.ask("POST", "/v1/sets", body(CAP)).status_code == 201
    assert_answer(capped.ask("POST", "/v1/sets", body(CAP + 1)), 413, "request_too_large")
    assert ImageSet.objects.count() == 1


@pytest.mark.rfc("9110", "15.5.14")
@pytest.mark.parametrize("path", ["/v1/sets", "/v1/uploads", "/v1/me", "/v1/public/images"])
@pytest.mark.parametrize("length", [str(CAP + 1), str(200 * 2**20), "999999999999999999"])
def test_a_larger_body_is_refused_before_it_is_read(length, path, capped):
    assert_answer(unread(capped, length, path), 413, "request_too_large")


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json",
        "image/jpeg",
    ],
)
def test_whatever_the_body_is(content_type, capped):
    answer = unread(capped, str(CAP + 1), "/v1/uploads", content_type=content_type)

    assert_answer(answer, 413, "request_too_large")


@pytest.mark.parametrize("length", ["+4", "-1", "abc", "4.0", "4,4", "0x4", "\u0664", " ", "4 4", "9" * 30])
def test_a_length_that_is_no_number_is_refused_unread(length, capped):
    answer = unread(capped, length)

    assert 400 <= answer.status_code < 500
    assert answer.json()["error"] in ("invalid_request", "length_required")


@pytest.mark.parametrize("coding", ["chunked", "gzip, chunked", "xchunked", "identity"])
@pytest.mark.parametrize("path", ["/v1/sets", "/v1/uploads", "/v1/me"])
def test_a_body_without_a_length_is_not_taken_for_an_empty_one(path, coding, capped):
    answer = unread(capped, "", path, HTTP_TRANSFER_ENCODING=coding)

    assert_answer(answer, 411, "length_required")


def test_without_a_body_no_length_is_needed(capped):
    for method, path in (("GET", "/v1/me"), ("HEAD", "/v1/images"), ("GET", "/v1/sets")):
        assert capped.ask(method, path, CONTENT_LENGTH="").status_code == 200
        assert capped.ask(method, path, CONTENT_LENGTH="0").status_code == 200


def test_without_a_cap_a_body_may_be_larger():
    made = make(scopes=["api.sets.write"])

    assert made.ask("POST", "/v1/sets", body(200)).status_code == 201


def test_a_cap_is_of_the_body_and_not_of_what_is_sent_around_it(capped):
    headers = {"X-Padding": "x" * 4 * CAP}

    assert capped.ask("POST", f"/v1/sets?{'x' * CAP}", body(CAP), headers=headers).status_code == 201


def test_another_cap_counts_from_the_next_request_on(capped):
    capped.change(max_request_bytes=CAP + 1)
    assert capped.ask("POST", "/v1/sets", body(CAP + 1)).status_code == 201

    capped.change(max_request_bytes=1)
    assert_answer(capped.ask("POST", "/v1/sets", body(30)), 413, "request_too_large")

    capped.change(max_request_bytes=None)
    assert capped.ask("POST", "/v1/sets", body(CAP + 1)).status_code == 201
