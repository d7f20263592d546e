"""What a file holds beside its picture: decoders would keep all of it in memory, so there is a limit."""

from __future__ import annotations

import struct
import zlib

import pytest

from reference_site.photos.models import Image
from tests.support.reference_site.factories import picture
from tests.support.reference_site.files import stored_files

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("bytes of files, before any row is written")]

MEGABYTE = 2**20
TOO_MUCH = 13 * MEGABYTE
SIZE = (80, 60)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def jpeg(size):
    content, segment = picture(SIZE), b"\xff\xed" + struct.pack(">H", 65535) + bytes(65533)
    return content[:2] + segment * (size // len(segment) + 1) + content[2:]


def png(size, *, kind=b"teSt", at=33):
    content = picture(SIZE, kind="PNG")
    return content[:at] + chunk(kind, bytes(size)) + content[at:]


def png_behind(size, *, kind=b"teSt"):
    return png(size, kind=kind, at=-12)


def webp(size):
    content = picture(SIZE, kind="WEBP")[12:] + b"XTRA" + struct.pack("<I", size) + bytes(size)
    return b"RIFF" + struct.pack("<I", len(content) + 4) + b"WEBP" + content


FILES = {
    "segments of a JPEG": ("image/jpeg", jpeg),
    "a chunk before the picture of a PNG": ("image/png", png),
    "a chunk behind it": ("image/png", png_behind),
    "picture data beyond the picture": ("image/png", lambda size: png_behind(size, kind=b"IDAT")),
    "a chunk of a WebP": ("image/webp", webp),
}


@pytest.mark.parametrize(("media_type", "make"), FILES.values(), ids=FILES)
def test_a_megabyte_beside_the_picture_is_taken(media_type, make, api):
    assert api.post("/v1/uploads", make(MEGABYTE), content_type=media_type).status_code == 201


@pytest.mark.parametrize(("media_type", "make"), FILES.values(), ids=FILES)
def test_much_more_is_refused(media_type, make, api, media_root):
    answer = api.post("/v1/uploads", make(TOO_MUCH), content_type=media_type)

    assert (answer.status_code, list(answer.json()["error_details"])) == (400, ["file"])
    assert (stored_files(media_root), Image.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "content",
    [
        picture(SIZE, kind="PNG")[:-1],
        picture(SIZE, kind="PNG")[:-12],
        picture(SIZE, kind="PNG")[:8],
        picture(SIZE, kind="PNG")[:20],
        picture(SIZE, kind="PNG").replace(b"IEND", b"IENE"),
        picture(SIZE, kind="PNG")[:-20] + b"\0" * 4 + picture(SIZE, kind="PNG")[-16:],
        b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""),
    ],
    ids=[
        "cut by one",
        "without its end",
        "signature",
        "half a header",
        "another end",
        "changed",
        "no picture",
    ],
)
def test_a_png_whose_chunks_are_not_whole_is_refused(content, api, media_root):
    answer = api.post("/v1/uploads", content, content_type="image/png")

    assert (answer.status_code, list(answer.json()["error_details"])) == (400, ["file"])
    assert stored_files(media_root) == []
