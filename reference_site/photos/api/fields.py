"""The kinds of value that the library's bodies hold. Every text here is English and repeats no input."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from oauthcore.converters import whole_number
from reference_site.photos.models.keywords import LONGEST_NAME, tidy

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


def read_uuid(value: object) -> UUID | None:
    """Return the UUID that a text is in its usual form, or None."""
    return UUID(value) if isinstance(value, str) and _UUID.match(value) else None


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
        self.longest, self._lines = max_length, lines

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, "") if data is None else super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        text = unicodedata.normalize("NFC", data).strip()
        if len(text) > self.longest:
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
        self.least, self.most = least, most

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str):
            data = whole_number(data)
        if not isinstance(data, int) or isinstance(data, bool) or not self.least <= data <= self.most:
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
        uuid = read_uuid(data)
        if uuid is None:
            self.fail("invalid")
        return uuid


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
        self.most, self.repeats = most, repeats

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, str | Mapping) or not hasattr(data, "__iter__"):
            self.fail("not_a_list")
        items = list(data)
        if len(items) > self.most:
            self.fail("most")
        values = [self._checked(item) for item in items]
        if not self.repeats and len(set(values)) != len(values):
            self.fail("repeated")
        return values

    def _checked(self, item: Any) -> Any:
        try:
            return self.child.run_validation(item)
        except ValidationError as refusal:
            raise ValidationError(refusal.detail) from None
