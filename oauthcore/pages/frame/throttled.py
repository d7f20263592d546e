"""The answer to too many tries, with the time to wait."""

from __future__ import annotations

from math import ceil
from typing import TypeVar

from django.http import HttpResponseBase
from django.utils.translation import ngettext

Response = TypeVar("Response", bound=HttpResponseBase)


def too_many_requests(response: Response, retry_after: int | None) -> Response:
    """Set the status 429 and ``Retry-After`` on a page (RFC 6585 §4). ``retry_after`` is in seconds."""
    response.status_code = 429
    response["Retry-After"] = str(retry_after or 1)
    return response


def try_again_in(seconds: int | None) -> str:
    """Return in words when to try again: in seconds up to two minutes, in minutes after that."""
    seconds = seconds or 1
    if seconds <= 120:
        words = ngettext(
            "Too many tries. Wait %(number)s second and try again.",
            "Too many tries. Wait %(number)s seconds and try again.",
            seconds,
        )
        return words % {"number": seconds}
    minutes = ceil(seconds / 60)
    words = ngettext(
        "Too many tries. Wait %(number)s minute and try again.",
        "Too many tries. Wait %(number)s minutes and try again.",
        minutes,
    )
    return words % {"number": minutes}
