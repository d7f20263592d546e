"""Saying that somebody has tried too often, and how long to wait."""

from __future__ import annotations

from math import ceil

from django.utils.translation import ngettext


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
