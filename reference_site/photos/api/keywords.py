"""Keywords: those of the account, and those of an image."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from reference_site.accounts import roles
from reference_site.photos.api import answers, bodies, representations
from reference_site.photos.api.base import AnyRequest, LibraryView, account_uuid, require_image
from reference_site.photos.api.described import described
from reference_site.photos.api.fields import KeywordName
from reference_site.photos.api.paging import BY_NAME, PAGE_PARAMETERS, page
from reference_site.photos.api.query import read_query
from reference_site.photos.models import Image, Keyword
from reference_site.photos.models.keywords import fold


class KeywordList(LibraryView):
    """``GET /v1/keywords``: the account's keywords by name, with the number of images of each."""

    scopes: ClassVar = {"GET": roles.READ}

    @described(
        "list_keywords",
        "List the keywords of the account by name",
        answers.KeywordPage,
        query=PAGE_PARAMETERS,
    )
    def get(self, request: Request) -> Response:
        query = read_query(request, PAGE_PARAMETERS)
        rows = Keyword.objects.filter(account_id=account_uuid(request)).annotate(image_count=Count("images"))
        return page(request, rows, order=BY_NAME, query=query, name="keywords", represent=_counted)


def _counted(row: Keyword) -> dict[str, Any]:
    return {**representations.keyword(row), "images": getattr(row, "image_count", 0)}


class KeywordDetail(LibraryView):
    """``PATCH /v1/keywords/{id}``: a new name, on every image that has it; never another keyword's."""

    scopes: ClassVar = {"PATCH": roles.KEYWORDS}

    @described(
        "rename_keyword", "Rename a keyword on every image", answers.Keyword, body=bodies.KeywordRename
    )
    def patch(self, request: Request, keyword_id: int) -> Response:
        body = bodies.KeywordRename(data=request.data)
        body.is_valid(raise_exception=True)
        name = body.validated_data["name"]
        mine = Keyword.objects.filter(account_id=account_uuid(request), pk=keyword_id)
        try:
            with transaction.atomic():
                changed = mine.update(name=name, folded=fold(name))
        except IntegrityError:
            raise ValidationError({"name": "Another keyword has this name."}) from None
        if not changed:
            raise NotFound
        return Response({"id": keyword_id, "name": name})


class ImageKeywords(LibraryView):
    """``/v1/images/{uuid}/keywords``: PUT ``{"keywords": [names]}`` or POST ``{"keyword": name}``.

    PUT sets all, POST adds one.
    """

    scopes: ClassVar = {"PUT": roles.KEYWORDS, "POST": roles.KEYWORDS}

    @described(
        "set_keywords", "Set all keywords of an image", answers.KeywordsOfImage, body=bodies.KeywordNames
    )
    def put(self, request: Request, uuid: UUID) -> Response:
        body = bodies.KeywordNames(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            image = require_image(request, uuid, lock=True)
            image.keywords.set(Keyword.objects.named(image.account_id, body.validated_data["keywords"]))
        return Response(representations.keywords(image))

    @described("add_keyword", "Add a keyword to an image", answers.KeywordsOfImage, body=bodies.OneKeyword)
    def post(self, request: Request, uuid: UUID) -> Response:
        body = bodies.OneKeyword(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(representations.keywords(tag_image(request, uuid, body.validated_data["keyword"])))


class ImageKeyword(LibraryView):
    """``DELETE /v1/images/{uuid}/keywords/{id}``: takes one off the image; the account keeps the keyword."""

    scopes: ClassVar = {"DELETE": roles.KEYWORDS}

    @described("remove_keyword", "Remove a keyword from an image")
    def delete(self, request: Request, uuid: UUID, keyword_id: int) -> Response:
        image = require_image(request, uuid)
        removed, _ = Image.keywords.through.objects.filter(image=image, keyword__id=keyword_id).delete()
        if not removed:
            raise NotFound
        return Response(status=204)


def tag_image(request: AnyRequest, uuid: UUID, keyword: str) -> Image:
    """Add a keyword to an image of the token's account; raise NotFound for any other, and ValidationError."""
    name = KeywordName().run_validation(keyword)
    with transaction.atomic():
        image = require_image(request, uuid, lock=True)
        image.keywords.add(*Keyword.objects.named(image.account_id, [name]))
        _refuse_too_many(image)
    return image


def _refuse_too_many(image: Image) -> None:
    if image.keywords.count() > bodies.MOST_KEYWORDS:
        raise ValidationError({"keyword": f"An image has {bodies.MOST_KEYWORDS} keywords at most."})
