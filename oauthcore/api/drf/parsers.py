"""DRF parsers that refuse harmful input, for ``DEFAULT_PARSER_CLASSES``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, cast

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import QueryDict, UnreadablePostError
from django.utils.http import parse_header_parameters
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from oauthcore.api.drf.exceptions import Refused
from oauthcore.bodies import (
    LARGEST_DOCUMENT,
    content_length,
    require_length,
    require_plain_text,
    too_large,
)
from oauthcore.rules.errors.oauth import InvalidRequest, OAuthError, RequestTooLarge
from oauthcore.rules.wire import strict_json


class StrictJSONParser(BaseParser):
    """Parses JSON in UTF-8 of at most 1 MiB. Refuses deep nesting, repeated members, NaN and NUL."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value of the body. Raises ``Refused``."""
        return _or_refused(strict_json.loads, _read(stream, parser_context))


class StrictFormParser(BaseParser):
    """Parses a form in UTF-8 of at most 1 MiB. Refuses NUL."""

    media_type = "application/x-www-form-urlencoded"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> QueryDict:
        """Return the fields as a QueryDict. Raises ``Refused``."""
        fields: QueryDict = _or_refused(_form, _read(stream, parser_context))
        return fields


class StrictMultiPartParser(MultiPartParser):
    """Parses multipart in UTF-8. Refuses NUL in fields. Files go to the upload handlers."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> DataAndFiles[Any, Any]:
        """Return fields and files. Raises ``Refused``."""
        context = parser_context or {}
        require_as_it_is(context)
        boundary = parse_header_parameters(media_type or "")[1].get("boundary", "")
        closing = f"--{boundary}--".encode(errors="replace")
        whole = WholeBody(stream, declared=content_length(context["request"]), closing=closing)
        try:
            parsed = super().parse(cast("IO[Any]", whole), media_type, context)
        except RequestDataTooBig:
            raise Refused(
                RequestTooLarge("The fields of the body are larger than what is read here.")
            ) from None
        except (ParseError, SuspiciousOperation, UnicodeError, ValueError):
            raise Refused(InvalidRequest("The multipart body is not well formed.")) from None
        _or_refused(_refuse_odd_fields, parsed.data)
        return parsed


class WholeBody:
    """A body as a file, for parsers that read it in pieces. It refuses a body that was cut short.

    A body is cut short if it has fewer bytes than declared, or if it ends without ``closing``. Without this
    check half a file could be stored: under WSGI a client that disconnects looks like one that is finished.
    """

    def __init__(self, stream: IO[bytes], *, declared: int, closing: bytes = b"") -> None:
        self._stream, self._missing, self._closing = stream, declared, closing
        self._tail, self._is_closed = b"", not closing

    def read(self, size: int = -1) -> bytes:
        """Return at most ``size`` bytes, or all. Raises ``Refused`` if the body ends too early."""
        try:
            piece = self._stream.read(size)
        except UnreadablePostError:
            raise _cut_short() from None
        self._missing -= len(piece)
        if not self._is_closed:
            self._is_closed = self._closing in self._tail + piece
            self._tail = (self._tail + piece)[1 - len(self._closing) :]
        is_end = not piece or size < 0
        if is_end and (self._missing > 0 or not self._is_closed):
            raise _cut_short()
        return piece


def _cut_short() -> Refused:
    return Refused(InvalidRequest("The body ended before its declared length, or its last boundary."))


def require_as_it_is(parser_context: Mapping[str, Any]) -> None:
    """Raise ``Refused`` for a body that is chunked, compressed, or not in UTF-8."""
    try:
        require_length(parser_context["request"])
        require_plain_text(parser_context["request"])
    except OAuthError as refusal:
        raise Refused(refusal) from None


def _read(stream: IO[Any], parser_context: Mapping[str, Any] | None) -> bytes:
    if parser_context:
        require_as_it_is(parser_context)
        if content_length(parser_context["request"]) > LARGEST_DOCUMENT:
            raise Refused(too_large(LARGEST_DOCUMENT))
    try:
        body: bytes = stream.read(LARGEST_DOCUMENT + 1)
    except UnreadablePostError:
        raise _cut_short() from None
    if len(body) > LARGEST_DOCUMENT:
        raise Refused(too_large(LARGEST_DOCUMENT))
    if parser_context and len(body) < content_length(parser_context["request"]):
        raise _cut_short()
    return body


def _or_refused(parse: Any, body: Any) -> Any:
    try:
        return parse(body)
    except OAuthError as refusal:
        raise Refused(refusal) from None


def _form(body: bytes) -> QueryDict:
    try:
        fields = QueryDict(body.decode("utf-8"), encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidRequest("The body is not valid UTF-8.") from None
    _refuse_odd_fields(fields)
    return fields


def _refuse_odd_fields(fields: QueryDict) -> None:
    for name, values in fields.lists():
        if any("\x00" in text or "\ufffd" in text for text in (name, *map(str, values))):
            raise InvalidRequest("The body holds a NUL character or is not valid UTF-8.")
