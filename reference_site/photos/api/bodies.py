"""What clients may send to the library, body by body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.datastructures import MultiValueDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from reference_site.photos.api.fields import (
    ImageUUID,
    KeywordName,
    Moment,
    Number,
    RequiredText,
    Several,
    Text,
)
from reference_site.photos.models.images import HIGHEST_RATING

MOST_KEYWORDS = 100
MOST_MEMBERS = 500
MOST_IN_ARCHIVE = 200
_MOST_CREDITS = 20
_BIGGEST_SIDE = 2**31 - 1


class Body(serializers.Serializer):  # type: ignore[type-arg]
    """A body that may hold its fields and nothing else, each of them once."""

    #: Whether a PATCH may leave out any of its fields.
    may_be_partial: ClassVar = True

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping | MultiValueDict):
            raise ValidationError({"body": ["Send an object with named fields."]})
        faults = {
            name: ["There is no such field."] for name in map(self._field_of, data) if name not in self.fields
        }
        if isinstance(data, MultiValueDict):
            faults |= {name: ["Send this once."] for name in data if self._is_repeated(name, data)}
        if faults:
            raise ValidationError(faults)
        return super().to_internal_value(data)

    def _field_of(self, name: object) -> str:
        """Return the field that a member's name belongs to: in a form ``crop.x`` belongs to ``crop``."""
        text = str(name)
        whole = text.partition(".")[0]
        return whole if isinstance(self.fields.get(whole), Body) else text

    def _is_repeated(self, name: str, data: MultiValueDict[str, Any]) -> bool:
        return len(data.getlist(name)) > 1 and not isinstance(self.fields.get(name), Several)


class ImageFields(Body):
    """``PATCH /v1/images/{uuid}``"""

    title = Text(max_length=200)
    caption = Text(max_length=4000, lines=True)


class Crop(Body):
    """A part of a picture, in its pixels: all four numbers, even in a partial change."""

    x = Number(least=0, most=_BIGGEST_SIDE)
    y = Number(least=0, most=_BIGGEST_SIDE)
    width = Number(least=1, most=_BIGGEST_SIDE)
    height = Number(least=1, most=_BIGGEST_SIDE)

    def validate(self, attrs: dict[str, int]) -> dict[str, int]:
        missing = {name: ["This is required."] for name in self.fields.keys() - attrs.keys()}
        if missing:
            raise ValidationError(missing)
        return attrs


class ImageMetadata(Body):
    """``PATCH /v1/images/{uuid}/metadata``; a crop of null is the whole picture."""

    crop = Crop(required=False, allow_null=True)
    alt_text = Text(max_length=1000)
    credits = Several(child=RequiredText(max_length=200), most=_MOST_CREDITS, required=False)


class Rating(Body):
    """``PUT /v1/images/{uuid}/rating``"""

    rating = Number(least=0, most=HIGHEST_RATING)


class KeywordNames(Body):
    """``PUT /v1/images/{uuid}/keywords``"""

    keywords = Several(child=KeywordName(), most=MOST_KEYWORDS, repeats=True)


class OneKeyword(Body):
    """``POST /v1/images/{uuid}/keywords``"""

    keyword = KeywordName()


class KeywordRename(Body):
    """``PATCH /v1/keywords/{id}``"""

    may_be_partial = False

    name = KeywordName()


class ImageSetFields(Body):
    """``POST /v1/sets``, ``PATCH /v1/sets/{uuid}``; ``images`` is all members in their order."""

    name = RequiredText(max_length=200)
    images = Several(child=ImageUUID(), most=MOST_MEMBERS, required=False)
    go_live_at = Moment()


class Archive(Body):
    """``POST /v1/archives``"""

    images = Several(child=ImageUUID(), most=MOST_IN_ARCHIVE)


class UploadFields(Body):
    """What may be said beside the file in ``POST /v1/uploads``."""

    title = Text(max_length=200)
    caption = Text(max_length=4000, lines=True)
    alt_text = Text(max_length=1000)
