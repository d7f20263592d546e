"""The MCP server: its description and its tools, with the scopes that each tool needs.

django-mcpz implements the protocol: revision 2026-07-28, and those of 2025 for clients that begin with a
handshake. It is a plain view, so it works under WSGI and ASGI. ``view`` checks the token first.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, cast
from uuid import UUID

import msgspec
from django.http import HttpRequest
from django_mcpz.server import MCPServer, ToolError, public
from rest_framework.exceptions import NotFound, ValidationError

from oauthcore.api.drf import VerifiedToken
from reference_site.accounts import roles
from reference_site.photos.api import representations
from reference_site.photos.api.base import require_image
from reference_site.photos.api.images import change_image
from reference_site.photos.api.keywords import tag_image
from reference_site.photos.api.query import ImageFilter
from reference_site.photos.models import Image
from reference_site.photos.models.images import HIGHEST_RATING
from reference_site.photos.models.keywords import LONGEST_NAME

#: Without an account, for programs that act for themselves.
PUBLIC = "api.public.read"
#: The scopes that a new client asks for first. A program that acts for itself gets those that it may have.
FIRST = (roles.READ, PUBLIC)
_MOST_FOUND = 50

#: No NUL, because PostgreSQL cannot compare it.
Keyword = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00]*\Z")]
Rating = Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_RATING)]
Tool = Callable[[HttpRequest, Any], dict[str, Any]]

server = MCPServer(
    name="lumen",
    version="1.0.0",
    title="Lumen",
    description="The photo library of one account: find, read, rate and tag pictures. Public pictures, too.",
    instructions="Search pictures first: the tools that read, rate and tag need the uuid of a picture.",
    auth=public,  # ``view`` has checked the token
)

_SCOPES: dict[str, tuple[str, ...]] = {}


def needed_for(tool: object) -> tuple[str, ...]:
    """Return all scopes that a call of a tool needs. Any token may list the tools."""
    return _SCOPES.get(tool, ()) if isinstance(tool, str) else ()


def _tool(*scopes: str, **facts: Any) -> Callable[[Tool], Tool]:
    def decorate(function: Tool) -> Tool:
        _SCOPES[function.__name__] = scopes

        @wraps(function)
        def run(request: HttpRequest, params: Any) -> dict[str, Any]:
            # The view has checked this. It is checked again, in case the view read the message differently.
            cast(VerifiedToken, cast(Any, request).auth).require(*scopes)
            try:
                return function(request, params)
            except NotFound:
                raise ToolError("There is no such picture in this account.") from None
            except ValidationError as refusal:
                raise ToolError(_in_words(refusal)) from None

        server.tool(**facts)(run)
        return run

    return decorate


def _in_words(refusal: ValidationError) -> str:
    """Return what is wrong with an argument, in the library's own words."""
    detail: Any = refusal.detail
    return " ".join(str(one) for one in (detail.values() if isinstance(detail, dict) else detail))


class Search(msgspec.Struct):
    """The conditions of a search. A picture must meet all that are given."""

    keyword: Keyword | None = None
    rating: Rating | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=_MOST_FOUND)] = 20


class SearchPublic(msgspec.Struct):
    """How many pictures are wanted."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=_MOST_FOUND)] = 20


class Picture(msgspec.Struct):
    """Which picture is meant."""

    uuid: UUID


class Rate(msgspec.Struct):
    """A picture and its rating, from 1 to 5. 0 removes the rating."""

    uuid: UUID
    rating: Rating


class Tag(msgspec.Struct):
    """A picture, and the keyword that it gets."""

    uuid: UUID
    keyword: Keyword


@_tool(
    roles.READ,
    description="Find pictures of the account by keyword and rating, newest first.",
    read_only=True,
)
def search_pictures(request: HttpRequest, params: Search) -> dict[str, Any]:
    """Return the newest pictures that match."""
    wanted = ImageFilter(keyword=params.keyword, rating=params.rating)
    found = wanted.images(request).prefetch_related("keywords", "sets").order_by("-pk")[: params.limit]
    return {"pictures": [representations.image(one) for one in found]}


@_tool(PUBLIC, description="Find pictures of all accounts that went live, newest first.", read_only=True)
def search_public_pictures(request: HttpRequest, params: SearchPublic) -> dict[str, Any]:
    """Return the newest pictures that anybody may see."""
    found = Image.objects.public().select_related("account").order_by("-pk")[: params.limit]
    return {"pictures": [representations.public_image(one) for one in found]}


@_tool(roles.READ, description="Read all that is known about one picture.", read_only=True)
def read_picture(request: HttpRequest, params: Picture) -> dict[str, Any]:
    """Return one picture."""
    return representations.image(require_image(request, params.uuid))


@_tool(
    roles.READ,
    roles.RATINGS,
    description="Rate a picture from 1 to 5; 0 removes the rating.",
    idempotent=True,
)
def rate_picture(request: HttpRequest, params: Rate) -> dict[str, Any]:
    """Set the rating of one picture."""
    image = change_image(request, params.uuid, {"rating": params.rating})
    return {"uuid": str(image.uuid), "rating": image.rating}


@_tool(
    roles.READ, roles.KEYWORDS, description="Add a keyword to a picture.", destructive=False, idempotent=True
)
def tag_picture(request: HttpRequest, params: Tag) -> dict[str, Any]:
    """Add a keyword to one picture."""
    return representations.keywords(tag_image(request, params.uuid, params.keyword))
