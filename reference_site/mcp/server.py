"""The MCP server: its description and its tools, with the scopes that each tool needs.

django-mcpz does the protocol: revision 2026-07-28, and those of 2025 for clients that begin with a handshake.
It is a plain view, so it works under WSGI and ASGI. ``view`` decides before it who may call.
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
from reference_site.photos.models.images import HIGHEST_RATING
from reference_site.photos.models.keywords import LONGEST_NAME

#: The scopes that every request needs. A client that knows only the address asks for these first.
ALWAYS = (roles.READ,)
_MOST_FOUND = 50

#: Without NUL, which PostgreSQL does not compare either.
Keyword = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00]*\Z")]
Rating = Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_RATING)]
Tool = Callable[[HttpRequest, Any], dict[str, Any]]

server = MCPServer(
    name="lumen",
    version="1.0.0",
    title="Lumen",
    description="The photo library of one account: find, read, rate and tag pictures.",
    instructions="Find pictures first: every other tool takes the uuid of one.",
    auth=public,  # ``view`` has let the request in
)

#: What each tool needs beside ``ALWAYS``.
_SCOPES: dict[str, tuple[str, ...]] = {}


def needed_for(tool: object) -> tuple[str, ...]:
    """Return all scopes that a call of a tool needs. An unknown tool needs those of every request."""
    return (*ALWAYS, *_SCOPES.get(tool, ())) if isinstance(tool, str) else ALWAYS


def _tool(*scopes: str, **facts: Any) -> Callable[[Tool], Tool]:
    def decorate(function: Tool) -> Tool:
        _SCOPES[function.__name__] = scopes

        @wraps(function)
        def run(request: HttpRequest, params: Any) -> dict[str, Any]:
            # The view has checked this. It is checked again, in case the view read the message differently.
            cast(VerifiedToken, cast(Any, request).auth).require(*ALWAYS, *scopes)
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


@_tool(description="Find pictures of the account by keyword and rating, newest first.", read_only=True)
def search_pictures(request: HttpRequest, params: Search) -> dict[str, Any]:
    """Return the newest pictures that match."""
    wanted = ImageFilter(keyword=params.keyword, rating=params.rating)
    found = wanted.images(request).prefetch_related("keywords", "sets").order_by("-pk")[: params.limit]
    return {"pictures": [representations.image(one) for one in found]}


@_tool(description="Read all that is known about one picture.", read_only=True)
def read_picture(request: HttpRequest, params: Picture) -> dict[str, Any]:
    """Return one picture."""
    return representations.image(require_image(request, params.uuid))


@_tool(roles.RATINGS, description="Rate a picture from 1 to 5; 0 takes the rating away.", idempotent=True)
def rate_picture(request: HttpRequest, params: Rate) -> dict[str, Any]:
    """Set the rating of one picture."""
    image = change_image(request, params.uuid, {"rating": params.rating})
    return {"uuid": str(image.uuid), "rating": image.rating}


@_tool(roles.KEYWORDS, description="Add a keyword to a picture.", destructive=False, idempotent=True)
def tag_picture(request: HttpRequest, params: Tag) -> dict[str, Any]:
    """Add a keyword to one picture."""
    return representations.keywords(tag_image(request, params.uuid, params.keyword))
