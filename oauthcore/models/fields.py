"""Field classes: raw digests, sets of words, lists of lines."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    _Binary = models.BinaryField[Any, Any]
    _TextOfWords = models.TextField[Iterable[str], frozenset[str]]
    _TextOfLines = models.TextField[Iterable[str], tuple[str, ...]]
else:
    _Binary = models.BinaryField
    _TextOfWords = _TextOfLines = models.TextField


class DigestField(_Binary):
    """32 raw bytes of SHA-256: half the index of a hex string. ``bytea``, ``binary(32)`` or ``blob``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 32
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Leave the fixed length out of migrations."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        return name, path, args, kwargs

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the column type; MariaDB and MySQL need the length to index it."""
        return "binary(32)" if connection.vendor == "mysql" else super().db_type(connection) or ""

    def db_check(self, connection: BaseDatabaseWrapper) -> str | None:
        """Return a constraint of 32 bytes: then the column refuses a secret in clear, which is longer."""
        if connection.vendor == "mysql":
            return None  # binary(32) refuses longer values and pads shorter ones
        return f"LENGTH({connection.ops.quote_name(str(self.column))}) = 32"

    def get_db_prep_value(self, value: Any, connection: object, prepared: bool = False) -> bytes | None:
        """Return bytes, which every driver takes as they are."""
        return None if value is None else bytes(value)

    def from_db_value(self, value: Any, expression: object, connection: object) -> bytes | None:
        """Return bytes, for every driver. A missing joined row gives None."""
        return None if value is None else bytes(value)


class WordsField(_TextOfWords):
    """A set of words such as scopes, stored sorted with one space between."""

    # For django-stubs: the types of assignment and of reading.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", frozenset)
        super().__init__(*args, **kwargs)

    def from_db_value(
        self, value: str | None, expression: object, connection: object
    ) -> frozenset[str] | None:
        """Return the set. A missing joined row gives None."""
        return None if value is None else _words(value)

    def to_python(self, value: Any) -> Any:
        """Return a frozenset from a text, a list or a set of words."""
        if value is None or isinstance(value, frozenset):
            return value
        return _words(value) if isinstance(value, str) else frozenset(value)

    def get_prep_value(self, value: Any) -> Any:
        """Return the text that is stored."""
        words: Iterable[str] | None = self.to_python(value)
        return None if words is None else " ".join(sorted(words))

    def value_to_string(self, obj: models.Model) -> str:
        """Return the text that serializers write."""
        return str(self.get_prep_value(self.value_from_object(obj)))


class LinesField(_TextOfLines):
    """A list of texts that hold no line breaks, such as redirect URIs, stored one per line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", tuple)
        super().__init__(*args, **kwargs)

    def from_db_value(
        self, value: str | None, expression: object, connection: object
    ) -> tuple[str, ...] | None:
        """Return the lines in their order. A missing joined row gives None."""
        return None if value is None else tuple(value.split("\n")) if value else ()

    def to_python(self, value: Any) -> Any:
        """Return a tuple from a text or a sequence of lines."""
        if value is None or isinstance(value, tuple):
            return value
        lines = value.splitlines() if isinstance(value, str) else value
        return tuple(stripped for line in lines if (stripped := line.strip()))

    def get_prep_value(self, value: Any) -> Any:
        """Return the text that is stored."""
        lines: Iterable[str] | None = self.to_python(value)
        return None if lines is None else "\n".join(lines)

    def value_to_string(self, obj: models.Model) -> str:
        """Return the text that serializers write."""
        return str(self.get_prep_value(self.value_from_object(obj)))


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())
