"""What all views of the library share: which scope a method needs, whose account it works on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast
from uuid import UUID

from django.http import HttpRequest
from rest_framework import status
from rest_framework.exceptions import APIException, MethodNotAllowed, NotFound
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from oauthcore.api.drf import VerifiedToken, requires
from reference_site.photos.models import Image

#: A request of Django REST framework, or of Django once its token was verified: both have ``auth``.
AnyRequest = Request | HttpRequest


class RequestTooLarge(APIException):
    """More was sent than is read here."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "request_too_large"
    default_detail = "The file is larger than this library takes."


class LibraryView(APIView):
    """A view of the library; ``scopes`` names the one scope that each of its methods needs."""

    scopes: ClassVar[Mapping[str, str]] = {}

    def get_permissions(self) -> list[BasePermission]:
        method = "GET" if self.request.method == "HEAD" else str(self.request.method)
        if method not in self.scopes:
            raise MethodNotAllowed(method)
        return [requires(self.scopes[method])()]


def account_uuid(request: AnyRequest) -> UUID:
    """Return the account that the request's token works on."""
    account = cast(VerifiedToken, cast(Any, request).auth).account
    if account is None:  # no scope of the library lets such a token through
        raise NotFound
    return account.uuid


def require_image(request: AnyRequest, uuid: UUID, *, lock: bool = False) -> Image:
    """Return an image of the token's account, its row locked if asked; raise NotFound for any other."""
    images = Image.objects.of_account(account_uuid(request))
    if lock:
        images = images.select_for_update()
    found = images.filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def require_images(request: Request, uuids: list[UUID], *, lock: bool = False) -> list[Image]:
    """Return images of the token's account in the order given; raise NotFound if one of them is not there."""
    images = Image.objects.of_account(account_uuid(request)).filter(uuid__in=uuids)
    if lock:
        images = images.select_for_update().order_by(
            "pk"
        )  # one order for all, so that no two wait for each other
    found = {image.uuid: image for image in images}
    if not found.keys() >= set(uuids):
        raise NotFound
    return [found[uuid] for uuid in uuids]
