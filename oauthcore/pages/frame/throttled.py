"""Saying that somebody has tried too often, and how long to wait."""

from __future__ import annotations

from math import ceil
from typing import TypeVar

from django.http import HttpResponseBase
from django.utils.translation import ngettext

Response = TypeVar("Response", bound=HttpResponseBase)


def too_many_requests(response: Response, retry_after: int | None) -> Response:
    """Make a page the answer to one try too many, which says when to come back (RFC 6585 §4)."""
    response.status_code = 429
    response["Retry-After"] = str(retry_after or 1)
    return response


def try_again_in(seconds: int | None) -> str:
    """Return in words after how long to try again: in seconds up to two minutes, in minutes beyond."""
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
