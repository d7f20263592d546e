"""Images: list, one, its fields, rating and metadata, and its end."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import transaction
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from reference_site.accounts import roles
from reference_site.photos.api import answers, bodies, representations
from reference_site.photos.api.base import AnyRequest, LibraryView, require_image
from reference_site.photos.api.described import described
from reference_site.photos.api.paging import NEWEST_FIRST, PAGE_PARAMETERS, page
from reference_site.photos.api.query import IMAGE_FILTERS, ImageFilter, read_query
from reference_site.photos.models import Image

_QUERY = (*IMAGE_FILTERS, *PAGE_PARAMETERS)


class ImageList(LibraryView):
    """``GET /v1/images``: the account's images, newest first.

    Filters: ``keyword``, ``set`` (UUID), ``rating``.
    """

    scopes: ClassVar = {"GET": roles.READ}

    @described(
        "list_images",
        "List the images of the account, newest first",
        answers.ImagePage,
        query=_QUERY,
        names_others=True,
    )
    def get(self, request: Request) -> Response:
        query = read_query(request, _QUERY)
        rows = ImageFilter.parse(query).images(request).prefetch_related("keywords", "sets")
        return page(
            request, rows, order=NEWEST_FIRST, query=query, name="images", represent=representations.image
        )


class ImageDetail(LibraryView):
    """``/v1/images/{uuid}``: GET it, PATCH ``title`` and ``caption``, DELETE it with its file."""

    scopes: ClassVar = {"GET": roles.READ, "PATCH": roles.WRITE, "DELETE": roles.DELETE}

    @described("show_image", "Show one image", answers.Image)
    def get(self, request: Request, uuid: UUID) -> Response:
        return Response(representations.image(require_image(request, uuid)))

    @described("change_image", "Change title and caption", answers.ImageTexts, body=bodies.ImageFields)
    def patch(self, request: Request, uuid: UUID) -> Response:
        body = bodies.ImageFields(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        return Response(representations.fields(change_image(request, uuid, body.validated_data)))

    @described("delete_image", "Delete an image and its file")
    def delete(self, request: Request, uuid: UUID) -> Response:
        with transaction.atomic():
            require_image(request, uuid, lock=True).delete()
        return Response(status=204)


class ImageRating(LibraryView):
    """``PUT /v1/images/{uuid}/rating``: ``{"rating": 0…5}``, 0 for none."""

    scopes: ClassVar = {"PUT": roles.RATINGS}

    @described("rate_image", "Set the rating; 0 is none", answers.RatedImage, body=bodies.Rating)
    def put(self, request: Request, uuid: UUID) -> Response:
        body = bodies.Rating(data=request.data)
        body.is_valid(raise_exception=True)
        image = change_image(request, uuid, body.validated_data)
        return Response({"uuid": str(image.uuid), "rating": image.rating})


class ImageMetadata(LibraryView):
    """``PATCH /v1/images/{uuid}/metadata``: crop {x, y, width, height} or null, alt text, credits."""

    scopes: ClassVar = {"PATCH": roles.METADATA}

    @described(
        "change_metadata",
        "Change crop, alt text and credits",
        answers.MetadataOfImage,
        body=bodies.ImageMetadata,
    )
    def patch(self, request: Request, uuid: UUID) -> Response:
        body = bodies.ImageMetadata(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        return Response(representations.metadata(change_image(request, uuid, body.validated_data)))


def change_image(request: AnyRequest, uuid: UUID, values: dict[str, object]) -> Image:
    """Change columns of an image of the token's account; raise NotFound for any other."""
    with transaction.atomic():
        image = require_image(request, uuid, lock=True)
        for name, value in values.items():
            setattr(image, name, value)
        _refuse_crop_outside(image)
        image.save(update_fields=[column for name in values for column in _COLUMNS.get(name, (name,))])
    return image


_COLUMNS = {"crop": ("crop_x", "crop_y", "crop_width", "crop_height")}


def _refuse_crop_outside(image: Image) -> None:
    crop = image.crop
    if crop and (crop["x"] + crop["width"] > image.width or crop["y"] + crop["height"] > image.height):
        raise ValidationError({"crop": f"The picture is {image.width} by {image.height} pixels."})
