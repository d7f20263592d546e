"""Files on their way out: one picture, or many in an archive."""

from __future__ import annotations

from typing import IO, ClassVar
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request

from reference_site.accounts import roles
from reference_site.photos import pictures
from reference_site.photos.api import bodies
from reference_site.photos.api.base import LibraryView, require_image, require_images
from reference_site.photos.api.query import read_query
from reference_site.photos.archives import archive
from reference_site.photos.models import Image
from reference_site.photos.streaming import chunks_of, liveness, streamed

RENDITIONS = ("original", "cropped", "thumbnail")


class Download(LibraryView):
    """``GET /v1/images/{uuid}/download``: the file; ``?rendition=`` ``original`` (as uploaded, and unless
    said otherwise), ``cropped`` (the crop's part, for images that have one) or ``thumbnail`` (512 pixels
    at most).
    """

    scopes: ClassVar = {"GET": roles.DOWNLOAD}

    def get(self, request: Request, uuid: UUID) -> StreamingHttpResponse:
        rendition = read_query(request, ["rendition"]).get("rendition", "original")
        if rendition not in RENDITIONS:
            raise ValidationError({"rendition": f"Choose one of: {', '.join(RENDITIONS)}."})
        image = require_image(request, uuid)
        file = _rendered(image, rendition)
        answer = streamed(request, chunks_of(file, liveness(request)), media_type=image.media_type)
        answer["Content-Length"] = str(_size(file))
        answer["Content-Disposition"] = str(
            content_disposition_header(as_attachment=True, filename=image.filename)
        )
        return answer


def _rendered(image: Image, rendition: str) -> IO[bytes]:
    if rendition == "original":
        return _open(image)
    with _open(image) as original:
        if rendition == "thumbnail":
            return pictures.thumbnail(original, image.crop)
        if image.crop is None:
            raise ValidationError({"rendition": "The image has no crop."})
        return pictures.cropped(original, image.crop)


def _open(image: Image) -> IO[bytes]:
    try:
        return default_storage.open(str(image.file.name))
    except FileNotFoundError:  # deleted a moment ago
        raise NotFound from None


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size


class Archives(LibraryView):
    """``POST /v1/archives`` ``{"images": [UUIDs]}``: a zip of the originals, 200 at most; all of them or a
    404.
    """

    scopes: ClassVar = {"POST": roles.DOWNLOAD}

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
