"""Checks of a body before it is read: its length must be known and small enough, its text plain UTF-8."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest

from oauthcore.rules.errors.oauth import (
    LengthRequired,
    RequestTooLarge,
    UnsupportedCharset,
    UnsupportedEncoding,
)
from oauthcore.rules.text.numbers import whole_number

#: The most bytes that an endpoint of ours reads. Nothing that is sent there comes near it.
LARGEST_BODY = 64 * 1024
#: The most bytes of a form with a file in it: all of it is read before anybody is asked to log in.
LARGEST_UPLOAD = 4 * 1024 * 1024
#: The most bytes of JSON, or of a form, that the parsers for a site's own views read.
LARGEST_DOCUMENT = 1024 * 1024

_UTF_8 = ("utf-8", "utf8")


View = TypeVar("View", bound=Callable[..., Any])


def limit_body(view: View, most: int = LARGEST_BODY, *, says_so: bool = False) -> View:
    """Mark a view as one that reads so many bytes at the most: under ASGI no more of them are let in.

    One that ``says_so`` refuses a larger body by its length, in its own words; for others a 413 in JSON is
    the answer.
    """
    marked: Any = view
    marked.oauthcore_largest_body = most
    marked.oauthcore_says_what_is_too_large = says_so
    return view


def largest_body(view: Any) -> int | None:
    """Return how many bytes a view reads at the most, or None where it does not say."""
    most: int | None = getattr(view, "oauthcore_largest_body", None)
    return most


def says_what_is_too_large(view: Any) -> bool:
    """Return whether a view refuses a body that is too large itself."""
    return bool(getattr(view, "oauthcore_says_what_is_too_large", False))


def require_readable(request: Any, most: int = LARGEST_BODY) -> int:
    """Return the declared length of a body; refuse one that would not be read as it was meant.

    Raises LengthRequired, RequestTooLarge, UnsupportedEncoding and UnsupportedCharset.
    """
    require_length(request)
    length = content_length(request)
    if length > most:
        raise too_large(most)
    require_plain_text(request)
    return length


def require_length(request: Any) -> None:
    """Refuse a chunked body of unknown length: Django would take it for an empty one.

    Under WSGI it reads as much as Content-Length says, also where the server, as gunicorn does, puts the
    chunks together and says so (``wsgi.input_terminated``). Under ASGI ``oauthcore.asgi`` counts them. A
    length beside chunks is none (RFC 9112 §6.3).
    """
    is_in_chunks = bool(request.META.get("HTTP_TRANSFER_ENCODING"))
    if is_in_chunks and not (is_asgi(request) and request.META.get("CONTENT_LENGTH")):
        raise LengthRequired


def require_plain_text(request: Any) -> None:
    """Refuse a body that is compressed, or said to be in another character set than UTF-8."""
    codings = {one.strip().lower() for one in request.META.get("HTTP_CONTENT_ENCODING", "").split(",")}
    if codings - {"", "identity"}:
        raise UnsupportedEncoding
    if (request.content_params or {}).get("charset", "utf-8").lower() not in _UTF_8:
        raise UnsupportedCharset


def content_length(request: HttpRequest) -> int:
    """Return the declared length of the body, 0 where none is declared or it is no number."""
    return declared_length(request) or 0


def declared_length(request: HttpRequest) -> int | None:
    """Return the declared length of the body, 0 where none is declared, or None where it is no number.

    It may begin with zeros, unlike the numbers of things (RFC 9110 §8.6).
    """
    sent = request.META.get("CONTENT_LENGTH")
    return whole_number(sent.lstrip("0") or "0") if sent else 0


@dataclass(frozen=True)
class Cap:
    """The most bytes that a request may have, as a token (``is_of_token``) or a view limits it.

    It decides under WSGI, by the declared length, and under ASGI, where a body is counted besides.
    """

    most: int
    is_of_token: bool = False

    def is_past(self, size: int) -> bool:
        """Return whether so many bytes are too many."""
        return size > self.most

    @property
    def refusal(self) -> RequestTooLarge:
        """The refusal of a body that is larger."""
        if self.is_of_token:
            return RequestTooLarge(f"This token may send {self.most} bytes in one request.")
        return too_large(self.most)


def require_within(request: HttpRequest, cap: Cap | None) -> None:
    """Refuse a body whose length is not known, or is past a cap where there is one."""
    require_length(request)
    if cap is not None and cap.is_past(content_length(request)):
        raise cap.refusal


def too_large(most: int) -> RequestTooLarge:
    """Return the refusal of a body that is larger than what is read."""
    return RequestTooLarge(f"The body has more than {most} bytes.")


def is_asgi(request: Any) -> bool:
    """Return whether a request, Django's or DRF's, came through ASGI."""
    return isinstance(getattr(request, "_request", request), ASGIRequest)
