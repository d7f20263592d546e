from __future__ import annotations

import io
import zipfile

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from PIL import Image as Pillow

from oauthcore.models import Grant
from tests.support.reference_site.factories import AccountFactory, ImageFactory, picture, token_for

pytestmark = pytest.mark.django_db


def _body(answer):
    return b"".join(answer.streaming_content)


def _opened(answer):
    return Pillow.open(io.BytesIO(_body(answer)))


def test_the_original_is_what_was_uploaded_byte_for_byte(account, api):
    image = ImageFactory(account=account, filename="Büro.jpg")

    answer = api.get(f"/v1/images/{image.uuid}/download")

    assert _body(answer) == picture()
    assert (answer["Content-Type"], answer["Content-Length"]) == ("image/jpeg", str(image.bytes))
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''B%C3%BCro.jpg"
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_head_tells_the_length_and_sends_nothing(account, api):
    image = ImageFactory(account=account)

    answer = api.head(f"/v1/images/{image.uuid}/download")

    assert (answer.status_code, answer["Content-Length"]) == (200, str(image.bytes))
    assert _body(answer) == b""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_cropped_rendition_is_the_crops_part_in_the_same_kind(kind, account, api):
    crop = {"x": 5, "y": 10, "width": 40, "height": 20}
    image = ImageFactory(account=account, size=(80, 60), kind=kind, crop=crop)

    rendition = _opened(api.get(f"/v1/images/{image.uuid}/download?rendition=cropped"))

    assert (rendition.size, rendition.format) == ((40, 20), kind)


def test_the_thumbnail_is_small_and_keeps_the_crops_shape(account, api):
    whole = ImageFactory(account=account, size=(2048, 1024))
    part = ImageFactory(
        account=account, size=(2048, 1024), crop={"x": 0, "y": 0, "width": 1024, "height": 1024}
    )

    assert _opened(api.get(f"/v1/images/{whole.uuid}/download?rendition=thumbnail")).size == (512, 256)
    assert _opened(api.get(f"/v1/images/{part.uuid}/download?rendition=thumbnail")).size == (512, 512)


@pytest.mark.parametrize("rendition", ["cropped", "tiny", "original&rendition=original"])
def test_a_rendition_that_there_is_not_is_refused(rendition, account, api):
    image = ImageFactory(account=account)

    assert api.get(f"/v1/images/{image.uuid}/download?rendition={rendition}").status_code == 400


def test_an_image_whose_file_is_gone_is_not_found(account, api):
    image = ImageFactory(account=account)
    image.file.storage.delete(image.file.name)

    assert api.get(f"/v1/images/{image.uuid}/download").status_code == 404
    assert api.post("/v1/archives", {"images": [str(image.uuid)]}, format="json").status_code == 404


def test_an_archive_holds_every_file_under_a_name_of_its_own(account, api):
    images = [
        ImageFactory(account=account, filename="same.jpg"),
        ImageFactory(account=account, filename="Same.jpg"),
    ]
    images.append(ImageFactory(account=account, kind="PNG", filename="other"))

    answer = api.post("/v1/archives", {"images": [str(image.uuid) for image in images]}, format="json")
    archive = zipfile.ZipFile(io.BytesIO(_body(answer)))

    assert (answer["Content-Type"], archive.testzip()) == ("application/zip", None)
    assert archive.namelist() == ["same.jpg", f"Same ({images[1].uuid}).jpg", "other.png"]
    assert archive.read("other.png") == picture(kind="PNG")


def test_an_archive_is_sent_while_it_is_built(account, api):
    images = [ImageFactory(account=account, size=(900, 900), kind="PNG") for _ in range(3)]

    pieces = list(
        api.post("/v1/archives", {"images": [str(i.uuid) for i in images]}, format="json").streaming_content
    )

    assert len(pieces) >= 4


def test_one_image_of_another_account_refuses_the_whole_archive(account, api):
    mine, foreign = ImageFactory(account=account), ImageFactory(account=AccountFactory())

    answer = api.post("/v1/archives", {"images": [str(mine.uuid), str(foreign.uuid)]}, format="json")

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    "images", [None, "x", ["x"], [1], [f"00000000-0000-4000-8000-{n:012}" for n in range(201)]]
)
def test_what_is_no_list_of_uuids_makes_no_archive(images, api):
    assert api.post("/v1/archives", {"images": images}, format="json").status_code == 400


def test_a_token_that_ends_breaks_a_long_answer_off(account, api, settings):
    settings.PHOTO_STREAM_RECHECK = 0
    images = [ImageFactory(account=account) for _ in range(3)]
    answer = api.post("/v1/archives", {"images": [str(image.uuid) for image in images]}, format="json")
    pieces = iter(answer.streaming_content)
    next(pieces)

    Grant.objects.update(revoked_at="2026-01-01T00:00:00Z", revoked_reason="ended")

    with pytest.raises(Exception, match="revoked"):
        list(pieces)


@pytest.mark.django_db(transaction=True)
def test_files_and_archives_are_streamed_under_asgi_too(account):
    image = ImageFactory(account=account)
    headers = {"Authorization": f"Bearer {token_for(account)}"}

    async def fetch(client: AsyncClient) -> tuple[bytes, bytes]:
        download = await client.get(f"/v1/images/{image.uuid}/download", headers=headers)
        body = {"images": [str(image.uuid)]}
        archive = await client.post("/v1/archives", body, content_type="application/json", headers=headers)
        assert download.is_async
        assert archive.is_async
        return await _collect(download), await _collect(archive)

    content, zipped = async_to_sync(fetch)(AsyncClient())

    assert content == picture()
    assert zipfile.ZipFile(io.BytesIO(zipped)).read("picture.jpg") == picture()


async def _collect(answer) -> bytes:
    return b"".join([piece async for piece in answer.streaming_content])
