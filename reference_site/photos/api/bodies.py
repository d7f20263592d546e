"""What clients may send to the library, checked; every text here is English and repeats nothing of what was
sent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils.datastructures import MultiValueDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from reference_site.photos.models.images import HIGHEST_RATING
from reference_site.photos.models.keywords import LONGEST_NAME, tidy

MOST_KEYWORDS = 100
MOST_MEMBERS = 500
MOST_IN_ARCHIVE = 200
_MOST_CREDITS = 20
_BIGGEST_SIDE = 2**31 - 1
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


class Text(serializers.CharField):
    """Text for people: one line of it unless said otherwise; null and nothing both clear it."""

    def __init__(self, *, max_length: int, lines: bool = False) -> None:
        super().__init__(max_length=max_length, allow_blank=True, required=False)
        self.error_messages |= {
            "invalid": "Send text.",
            "max_length": f"Send {max_length} characters at most.",
            "printable": "Send printable characters only.",
            "null": "Send text.",
        }
        self.validators = []  # DRF's own speak the reader's language and name what was sent
        self._longest, self._lines = max_length, lines

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, "") if data is None else super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = unicodedata.normalize("NFC", data).strip()
        if len(text) > self._longest:
            self.fail("max_length")
        if any(unicodedata.category(c) in ("Cc", "Cs") and not (self._lines and c in "\r\n\t") for c in text):
            self.fail("printable")
        return text


class RequiredText(Text):
    """Text that may be left out where a change is partial, but never emptied."""

    def __init__(self, *, max_length: int) -> None:
        super().__init__(max_length=max_length)
        self.required = True
        self.error_messages |= {"required": "This is required.", "blank": "Send some text."}
        self.allow_blank = False

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        if data is None:
            self.fail("blank")
        return super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not text:
            self.fail("blank")
        return text


class KeywordName(RequiredText):
    """The name of a keyword, tidied."""

    def __init__(self) -> None:
        super().__init__(max_length=LONGEST_NAME)

    def to_internal_value(self, data: Any) -> str:
        return tidy(super().to_internal_value(data))


class Number(serializers.Field):  # type: ignore[type-arg]
    """A whole number within bounds; no fraction, no boolean, no other script's digits."""

    def __init__(self, *, least: int, most: int) -> None:
        super().__init__()
        self.error_messages |= {
            "invalid": f"Send a whole number from {least} to {most}.",
            "null": f"Send a whole number from {least} to {most}.",
            "required": "This is required.",
        }
        self._least, self._most = least, most

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and re.fullmatch(r"[0-9]{1,10}", data):
            data = int(data)
        if not isinstance(data, int) or isinstance(data, bool) or not self._least <= data <= self._most:
            self.fail("invalid")
        return int(data)


class Moment(serializers.Field):  # type: ignore[type-arg]
    """A time in RFC 3339 with its offset, kept in UTC; null is no time."""

    default_error_messages: ClassVar = {"invalid": "Send a time as RFC 3339 has it: 2030-01-31T12:00:00Z."}

    def __init__(self) -> None:
        super().__init__(required=False, allow_null=True)

    def to_internal_value(self, data: Any) -> datetime | None:
        if data == "":  # how a form says null
            return None
        if not isinstance(data, str) or not _MOMENT.match(data):
            self.fail("invalid")
        try:
            return datetime.fromisoformat(data.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("invalid")


class ImageUUID(serializers.Field):  # type: ignore[type-arg]
    """The UUID of an image."""

    default_error_messages: ClassVar = {"invalid": "Name each image by its UUID."}

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not _UUID.match(data):
            self.fail("invalid")
        return UUID(data)


class Several(serializers.ListField):
    """A list with a bound, whose errors are one text."""

    def __init__(
        self,
        *,
        child: serializers.Field,  # type: ignore[type-arg]
        most: int,
        required: bool = True,
        repeats: bool = False,
    ) -> None:
        super().__init__(child=child, required=required)
        self.error_messages |= {
            "not_a_list": "Send a list.",
            "null": "Send a list.",
            "required": "This is required.",
            "most": f"Send {most} at most.",
            "repeated": "Name each one once.",
        }
        self._most, self._repeats = most, repeats

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, str | Mapping) or not hasattr(data, "__iter__"):
            self.fail("not_a_list")
        items = list(data)
        if len(items) > self._most:
            self.fail("most")
        values = [self._checked(item) for item in items]
        if not self._repeats and len(set(values)) != len(values):
            self.fail("repeated")
        return values

    def _checked(self, item: Any) -> Any:
        try:
            return self.child.run_validation(item)
        except ValidationError as refusal:
            raise ValidationError(refusal.detail) from None


class Body(serializers.Serializer):  # type: ignore[type-arg]
    """A body that may hold its fields and nothing else, each of them once."""

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
