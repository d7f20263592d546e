"""Sets of images: their members, their order, the moment they go live."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from reference_site.accounts import roles
from reference_site.photos.api import answers, bodies, representations
from reference_site.photos.api.base import LibraryView, account_uuid, require_images
from reference_site.photos.api.described import described
from reference_site.photos.api.paging import NEWEST_FIRST, PAGE_PARAMETERS, page
from reference_site.photos.api.query import read_query
from reference_site.photos.models import ImageSet, SetMember
from reference_site.photos.models.sets import ImageSetQuerySet

_MEMBERS = Prefetch(
    "members", SetMember.objects.select_related("image").only("set", "position", "image__uuid")
)


class SetList(LibraryView):
    """``/v1/sets``: GET the account's sets, newest first; POST ``name``, ``images`` and ``go_live_at``.

    Only the name is required.
    """

    scopes: ClassVar = {"GET": roles.READ, "POST": roles.SETS}

    @described(
        "list_sets", "List the sets of the account, newest first", answers.SetPage, query=PAGE_PARAMETERS
    )
    def get(self, request: Request) -> Response:
        return page(
            request,
            _sets(request).prefetch_related(_MEMBERS),
            order=NEWEST_FIRST,
            query=read_query(request, PAGE_PARAMETERS),
            name="sets",
            represent=representations.image_set,
        )

    @described(
        "create_set",
        "Create a set",
        answers.ImageSet,
        status=201,
        body=bodies.ImageSetFields,
        names_others=True,
    )
    def post(self, request: Request) -> Response:
        body = bodies.ImageSetFields(data=request.data)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            made = _write(request, ImageSet(account_id=account_uuid(request)), body.validated_data)
        return Response(representations.image_set(made), status=201)


class SetDetail(LibraryView):
    """``/v1/sets/{uuid}``: GET it, PATCH any of its fields, DELETE it.

    ``images`` replaces members and order.
    """

    scopes: ClassVar = {"GET": roles.READ, "PATCH": roles.SETS, "DELETE": roles.SETS}

    @described("show_set", "Show one set", answers.ImageSet)
    def get(self, request: Request, uuid: UUID) -> Response:
        return Response(representations.image_set(_require_set(_sets(request), uuid)))

    @described("change_set", "Change a set", answers.ImageSet, body=bodies.ImageSetFields, names_others=True)
    def patch(self, request: Request, uuid: UUID) -> Response:
        body = bodies.ImageSetFields(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        with transaction.atomic():
            # the lock lets one of two orders sent at the same time come after the other
            image_set = _require_set(_sets(request).select_for_update(), uuid)
            changed = _write(request, image_set, body.validated_data)
        return Response(representations.image_set(changed))

    @described("delete_set", "Delete a set, but not its images")
    def delete(self, request: Request, uuid: UUID) -> Response:
        with transaction.atomic():
            _require_set(_sets(request).select_for_update(), uuid).delete()
        return Response(status=204)


def _sets(request: Request) -> ImageSetQuerySet:
    return ImageSet.objects.of_account(account_uuid(request))


def _require_set(sets: ImageSetQuerySet, uuid: UUID) -> ImageSet:
    found = sets.filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def _write(request: Request, image_set: ImageSet, values: dict[str, Any]) -> ImageSet:
    for name in values.keys() - {"images"}:
        setattr(image_set, name, values[name])
    members = require_images(request, values["images"], lock=True) if "images" in values else None
    image_set.save()
    if members is not None:
        image_set.arrange(members)
    return ImageSet.objects.prefetch_related(_MEMBERS).get(pk=image_set.pk)
