"""Files on their way out: one picture, or many in an archive."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, ClassVar
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request

from reference_site.accounts import roles
from reference_site.photos import pictures
from reference_site.photos.api import bodies
from reference_site.photos.api.base import LibraryView, require_image, require_images
from reference_site.photos.api.described import described
from reference_site.photos.api.query import read_query
from reference_site.photos.archives import archive
from reference_site.photos.filenames import plain_name
from reference_site.photos.models import Image
from reference_site.photos.models.images import MediaType
from reference_site.photos.streaming import chunks_of, liveness, streamed

RENDITIONS = ("original", "cropped", "thumbnail")


class Download(LibraryView):
    """``GET /v1/images/{uuid}/download``: the file, in the ``?rendition=`` that is asked for.

    ``original`` (as uploaded, and unless said otherwise), ``cropped`` (the crop's part, for images that have
    one) or ``thumbnail`` (512 pixels at most).
    """

    scopes: ClassVar = {"GET": roles.DOWNLOAD}

    @described(
        "download_image",
        "Download an image",
        files=MediaType.values,
        query=[OpenApiParameter("rendition", str, enum=RENDITIONS, description="`original`, unless said.")],
    )
    def get(self, request: Request, uuid: UUID) -> StreamingHttpResponse:
        rendition = read_query(request, ["rendition"]).get("rendition", "original")
        if rendition not in RENDITIONS:
            raise ValidationError({"rendition": f"Choose one of: {', '.join(RENDITIONS)}."})
        image = require_image(request, uuid)
        size, open_file = _original(image) if rendition == "original" else _rendered(image, rendition)
        chunks = chunks_of(open_file, still_live=liveness(request))
        answer = streamed(request, chunks, media_type=image.media_type)
        answer["Content-Length"] = str(size)
        answer["Content-Disposition"] = str(
            content_disposition_header(
                as_attachment=True,
                filename=plain_name(image.filename, image.uuid, MediaType(image.media_type)),
            )
        )
        return answer


def _original(image: Image) -> tuple[int, Callable[[], IO[bytes]]]:
    name = str(image.file.name)
    try:
        return default_storage.size(name), lambda: default_storage.open(name)
    except FileNotFoundError:  # deleted a moment ago
        raise NotFound from None


def _rendered(image: Image, rendition: str) -> tuple[int, Callable[[], IO[bytes]]]:
    if rendition == "cropped" and image.crop is None:
        raise ValidationError({"rendition": "The image has no crop."})
    _, open_original = _original(image)
    with open_original() as original:
        if rendition == "cropped" and image.crop is not None:
            file = pictures.cropped(original, image.crop)
        else:
            file = pictures.thumbnail(original, image.crop)
    return file.getbuffer().nbytes, lambda: file


class Archives(LibraryView):
    """``POST /v1/archives`` ``{"images": [UUIDs]}``: a zip of the originals, 200 at most; all or a 404."""

    scopes: ClassVar = {"POST": roles.DOWNLOAD}

    @described(
        "archive_images",
        "Download several images as a zip",
        files=["application/zip"],
        body=bodies.Archive,
        names_others=True,
    )
    def post(self, request: Request) -> StreamingHttpResponse:
        body = bodies.Archive(data=request.data)
        body.is_valid(raise_exception=True)
        images = require_images(request, body.validated_data["images"])
        if not all(default_storage.exists(str(image.file.name)) for image in images):
            raise NotFound
        answer = streamed(
            request, archive(images, still_live=liveness(request)), media_type="application/zip"
        )
        answer["Content-Disposition"] = str(
            content_disposition_header(as_attachment=True, filename="images.zip")
        )
        return answer
