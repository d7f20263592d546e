from __future__ import annotations

import hashlib
import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from PIL import Image as Pillow

from reference_site.photos.models import Image
from tests.support.reference_site.factories import picture
from tests.support.reference_site.files import stored_files

pytestmark = pytest.mark.django_db


def _upload(content, name="beach.jpg", content_type="image/jpeg"):
    return SimpleUploadedFile(name, content, content_type)


@pytest.mark.parametrize(
    ("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_a_picture_is_taken_as_the_body_itself(kind, media_type, account, api, media_root):
    content = picture((120, 40), kind=kind)

    answer = api.post("/v1/uploads", content, content_type=media_type)

    made = answer.json()
    assert (answer.status_code, made["media_type"], made["width"], made["height"]) == (
        201,
        media_type,
        120,
        40,
    )
    assert (made["bytes"], made["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert [path.read_bytes() for path in stored_files(media_root)] == [content]
    assert Image.objects.get().account == account


def test_a_picture_is_taken_from_a_form_with_words_beside_it(api):
    answer = api.post(
        "/v1/uploads",
        {
            "image": _upload(picture(kind="PNG"), "../../Strand im März.exe"),
            "title": "Strand",
            "alt_text": "A beach",
        },
        format="multipart",
    )

    made = answer.json()
    assert answer.status_code == 201
    assert (made["title"], made["alt_text"], made["filename"]) == ("Strand", "A beach", "Strand im März.png")


def test_a_large_picture_arrives_whole(api, media_root):
    image = Pillow.effect_noise((1800, 1800), 90)
    file = io.BytesIO()
    image.save(file, "PNG")
    assert len(file.getvalue()) > 2_600_000

    answer = api.post("/v1/uploads", {"image": _upload(file.getvalue(), "noise.png")}, format="multipart")

    assert answer.json()["sha256"] == hashlib.sha256(stored_files(media_root)[0].read_bytes()).hexdigest()


def _bomb(width, height):
    """Return a PNG whose header promises many pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "image/jpeg"),
        (b"not a picture", "image/jpeg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png"),
        (picture()[:-300], "image/jpeg"),
        (picture((400, 400), kind="PNG")[:-40], "image/png"),
        (picture((400, 400), kind="WEBP")[:-40], "image/webp"),
        (picture(kind="PNG"), "image/jpeg"),
        (picture(kind="GIF"), "image/png"),
        (_bomb(60_000, 60_000), "image/png"),
        (_bomb(9_000, 9_000), "image/png"),
    ],
    ids=[
        "empty",
        "text",
        "svg",
        "cut jpeg",
        "cut png",
        "cut webp",
        "other kind",
        "gif",
        "bomb",
        "too many pixels",
    ],
)
def test_what_is_no_whole_picture_leaves_neither_file_nor_row(content, media_type, api, media_root):
    answer = api.post("/v1/uploads", content, content_type=media_type)

    assert (answer.status_code, list(answer.json()["error_details"])) == (400, ["file"])
    assert (stored_files(media_root), Image.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "content_type", ["image/gif", "image/svg+xml", "application/json", "text/plain", "image/*"]
)
def test_another_media_type_is_not_read(content_type, api):
    answer = api.post("/v1/uploads", b"x", content_type=content_type)

    assert (answer.status_code, answer.json()["error"]) == (415, "unsupported_media_type")


def test_a_file_larger_than_the_library_takes_is_refused_in_a_form_and_as_a_body(api, settings, media_root):
    settings.PHOTO_MAX_BYTES = 2000
    content = picture((300, 300)) + b"\0" * 3000

    for answer in (
        api.post("/v1/uploads", content, content_type="image/jpeg"),
        api.post("/v1/uploads", {"image": _upload(content)}, format="multipart"),
        api.post("/v1/uploads", b"x", content_type="image/jpeg", CONTENT_LENGTH="99999999999"),
    ):
        assert (answer.status_code, answer.json()["error"]) == (413, "request_too_large")
    assert (stored_files(media_root), Image.objects.count()) == ([], 0)


def test_a_body_in_chunks_is_not_taken_for_an_empty_one(api):
    answer = api.generic("POST", "/v1/uploads", headers={"Transfer-Encoding": "chunked"})

    assert (answer.status_code, answer.json()["error"]) == (411, "length_required")


@pytest.mark.parametrize("files", [0, 2])
def test_a_form_holds_exactly_one_file(files, api, media_root):
    fields = {f"image{n}": _upload(picture()) for n in range(files)}

    answer = api.post("/v1/uploads", {"title": "x", **fields}, format="multipart")

    assert (answer.status_code, answer.json()["error_details"]) == (400, {"file": "Send one file."})
    assert stored_files(media_root) == []


@pytest.mark.parametrize("field", [{"rating": "5"}, {"title": "x" * 201}, {"title": ["a", "b"]}])
def test_a_fault_beside_the_file_stores_nothing(field, api, media_root):
    answer = api.post("/v1/uploads", {"image": _upload(picture()), **field}, format="multipart")

    assert (answer.status_code, list(answer.json()["error_details"])) == (400, list(field))
    assert (stored_files(media_root), Image.objects.count()) == ([], 0)


def test_a_form_that_goes_wrong_behind_its_file_leaves_nothing(api, media_root):
    form = {"image": _upload(picture()), "title": "x" * 2_000_000}

    answer = api.post("/v1/uploads", form, format="multipart")

    assert (answer.status_code, answer.json()["error"]) == (413, "request_too_large")
    assert (stored_files(media_root), Image.objects.count()) == ([], 0)


def test_a_row_that_cannot_be_written_takes_its_file_back(api, media_root):
    def refuse_images(execute, sql, params, many, context):
        if sql.startswith("INSERT") and "photos_image" in sql:
            raise OperationalError("the disk is full")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_images):
        answer = api.post("/v1/uploads", picture(), content_type="image/jpeg")

    assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    assert (stored_files(media_root), Image.objects.count()) == ([], 0)
