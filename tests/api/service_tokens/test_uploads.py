"""An upload that breaks a limit, or breaks off, stores nothing, not even half a file."""

from __future__ import annotations

from io import BytesIO

import pytest

from reference_site.photos.models import Image
from tests.support.reference_site.files import stored_files
from tests.support.service_tokens.making import assert_answer, make
from tests.support.service_tokens.uploading import PICTURE, WAYS, upload
from tests.support.token_places import Unread

pytestmark = pytest.mark.django_db

either_way = pytest.mark.parametrize("way", WAYS)


@pytest.fixture(autouse=True)
def _folders(media_root, temporary):
    """Look into both folders after each test."""


@pytest.fixture
def assert_nothing_stored(media_root, temporary):
    def look():
        assert not Image.objects.exists()
        assert stored_files(media_root) == []
        assert stored_files(temporary) == []

    return look


def uploader(**limits):
    return make(scopes=["api.upload"], **limits)


@either_way
def test_a_whole_one_is_stored_and_leaves_nothing_else(way, media_root, temporary):
    answer = upload(uploader(), way)

    assert answer.status_code == 201
    assert [path.read_bytes() for path in stored_files(media_root)] == [PICTURE]
    assert stored_files(temporary) == []


@either_way
@pytest.mark.parametrize("missing", [1, 2, 20, 60, 100, 140, 500, 2000])
def test_one_that_is_cut_short_is_refused(way, missing, assert_nothing_stored):
    """However little is missing: behind the file there may have been more of it, or more fields."""
    size = len(WAYS[way][1])

    answer = upload(uploader(), way, keep=size - missing)

    assert_answer(answer, 400, "invalid_request")
    assert_nothing_stored()


@either_way
def test_one_of_which_nothing_comes_is_refused(way, assert_nothing_stored):
    assert_answer(upload(uploader(), way, keep=0), 400, "invalid_request")
    assert_nothing_stored()


@either_way
@pytest.mark.parametrize("fewer", [1, 30, 400])
def test_one_that_declares_less_than_it_is_is_refused(way, fewer, assert_nothing_stored):
    answer = upload(uploader(), way, declared=len(WAYS[way][1]) - fewer)

    if way == "form" and fewer == 1:  # only the line's end behind the last boundary is missing
        assert answer.status_code == 201
    else:
        assert_answer(answer, 400, "invalid_request")
        assert_nothing_stored()


class Broken(BytesIO):
    """A connection that breaks in the middle of the body, as servers report it."""

    def read(self, size=-1):
        piece = super().read(min(size, 1000))
        if not piece:
            raise OSError("connection reset")
        return piece


@either_way
def test_a_connection_that_breaks_is_a_body_cut_short(way, assert_nothing_stored):
    answer = upload(uploader(), way, **{"wsgi.input": Broken(WAYS[way][1][:1500])})

    assert_answer(answer, 400, "invalid_request")
    assert_nothing_stored()


@either_way
def test_one_of_the_caps_size_is_taken(way):
    assert upload(uploader(max_request_bytes=len(WAYS[way][1])), way).status_code == 201


REFUSED = {
    "over the cap": ({"max_request_bytes": 1000}, 413, "request_too_large"),
    "another network": ({"allowed_networks": ("10.0.0.0/8",)}, 403, "ip_not_allowed"),
    "nowhere": ({"allowed_networks": ()}, 403, "ip_not_allowed"),
}


@either_way
@pytest.mark.parametrize(("limits", "status", "error"), REFUSED.values(), ids=REFUSED)
def test_one_outside_of_the_limits_is_refused_unread(way, limits, status, error, assert_nothing_stored):
    answer = upload(uploader(**limits), way, **{"wsgi.input": Unread()})

    assert_answer(answer, status, error)
    assert_nothing_stored()


@either_way
def test_one_without_the_scope_is_refused_unread(way, assert_nothing_stored):
    answer = upload(make(), way, **{"wsgi.input": Unread()})

    assert_answer(answer, 403, "insufficient_scope")
    assert_nothing_stored()


@either_way
def test_one_larger_than_the_library_takes_is_given_up_on_the_way(way, settings, assert_nothing_stored):
    settings.PHOTO_MAX_BYTES = len(PICTURE) - 1

    assert_answer(upload(uploader(), way), 413, "request_too_large")
    assert_nothing_stored()


@either_way
def test_one_under_another_type_than_it_has_is_refused(way, assert_nothing_stored):
    wrong = {"form": "multipart/form-data; boundary=another", "raw": "image/png"}

    answer = upload(uploader(), way, content_type=wrong[way])

    assert answer.status_code == 400
    assert_nothing_stored()
