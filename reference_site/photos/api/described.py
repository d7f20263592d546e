"""How the library's views are described in OpenAPI: a decorator, and what its bodies and fields take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from reference_site.photos.api import fields
from reference_site.photos.api.paging import MOST_PER_PAGE, USUAL_PER_PAGE
from reference_site.photos.models.images import HIGHEST_RATING
from reference_site.photos.models.keywords import LONGEST_NAME

View = TypeVar("View", bound=Callable[..., Any])

#: An empty text: not sent, or no time.
_EMPTY = {"type": "string", "maxLength": 0}
_DONE = "It is done."
_TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")

#: What may stand in the query string, by name.
QUERY = {
    "keyword": OpenApiParameter(
        "keyword", {"type": "string", "maxLength": LONGEST_NAME}, description="Only images with it."
    ),
    "set": OpenApiParameter(
        "set",
        {"oneOf": [{"type": "string", "format": "uuid"}, _EMPTY]},
        description="Only images in this set.",
    ),
    "rating": OpenApiParameter(
        "rating",
        {"type": "integer", "minimum": 0, "maximum": HIGHEST_RATING},
        description="Only images with this rating.",
    ),
    "limit": OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": USUAL_PER_PAGE},
        description="How many there are on a page.",
    ),
    "cursor": OpenApiParameter(
        "cursor", str, description="Where the page begins: taken from `next` of the page before."
    ),
}


def described(
    name: str,
    summary: str,
    answer: type[serializers.Serializer] | OpenApiResponse | None = None,  # type: ignore[type-arg]
    *,
    status: int = 200,
    body: Any = None,
    files: Iterable[str] = (),
    query: Iterable[OpenApiParameter | str] = (),
    names_others: bool = False,
) -> Callable[[View], View]:
    """Describe a method of a view: its name, one sentence, its body, its query string and its answer.

    ``body`` is a serializer, or schemas by content type. ``files`` are the content types of an answer that is
    a file. An operation that ``names_others`` is 404 if the body or the query names what is not there.
    """
    by_type = body if isinstance(body, dict) else dict.fromkeys(_TYPES, body)
    answers: dict[Any, Any] = {
        204 if answer is None else status: answer or OpenApiResponse(description=_DONE)
    }
    if files:
        answers = {(200, *files): OpenApiTypes.BINARY}
    if names_others:
        answers[404] = OpenApiResponse(
            {"$ref": "#/components/schemas/OAuthError"},
            description="`not_found`: something named is not there.",
        )
    said: Callable[[View], View] = extend_schema(
        operation_id=name,
        summary=summary,
        description="",
        tags=["Photo library"],
        request=None if body is None else by_type,
        parameters=[QUERY[one] if isinstance(one, str) else one for one in query],
        responses=answers,
    )
    return said


class _BodyExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """A body has its fields and nothing else."""

    target_class = "reference_site.photos.api.bodies.Body"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        body: Any = self.target
        body.partial = body.partial and body.may_be_partial
        make: Any = auto_schema._map_serializer
        schema = make(body, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


class _TextExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Text; null clears it, except where there must be some."""

    target_class = fields.Text
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        field: Any = self.target
        if isinstance(field, fields.RequiredText):
            return {"type": "string", "minLength": 1, "maxLength": field.longest}
        return {"type": ["string", "null"], "maxLength": field.longest}


class _NumberExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A whole number within bounds."""

    target_class = fields.Number

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        field: Any = self.target
        return {"type": "integer", "minimum": field.least, "maximum": field.most}


class _MomentExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A time, or null for none."""

    target_class = fields.Moment

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        return {"oneOf": [{"type": "string", "format": "date-time"}, _EMPTY]}


class _UUIDExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """The UUID of an image."""

    target_class = fields.ImageUUID

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        return {"type": "string", "format": "uuid"}


class _SeveralExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A list with a bound."""

    target_class = fields.Several

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        field: Any = self.target
        make: Any = auto_schema._map_serializer_field
        items = make(field.child, direction)
        unique = {} if field.repeats else {"uniqueItems": True}
        return {"type": "array", "items": items, "maxItems": field.most, **unique}
