"""How long an answer may be cached, by its headers (RFC 9111 §4.2, §5.2.2, §5.3)."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

_SECONDS = re.compile(r"\A[0-9]{1,10}\Z")
_NOT_KEPT = {"no-store", "no-cache", "private"}


def seconds_fresh(
    *,
    cache_control: str,
    expires: str | None,
    age: str | None,
    now: datetime,
    least: int,
    most: int,
) -> int:
    """Return for how many seconds an answer may be cached, between ``least`` and ``most``.

    ``s-maxage`` takes precedence over ``max-age``, and both over ``Expires``. A value that cannot be read
    counts as stale, and so does an answer without these headers.
    """
    directives = dict(_directive(part) for part in cache_control.lower().split(","))
    if _NOT_KEPT & set(directives):
        return least
    stated = next((directives[name] for name in ("s-maxage", "max-age") if name in directives), None)
    seconds = _until(expires, now) if stated is None else _whole(stated)
    return max(least, min(most, seconds - _whole(age or "")))


def _directive(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name.strip(), value.strip().strip('"')


def _whole(text: str) -> int:
    return int(text) if _SECONDS.match(text.strip()) else 0


def _until(expires: str | None, now: datetime) -> int:
    try:
        moment = parsedate_to_datetime(expires or "")
        return int((moment - now).total_seconds())
    except (ValueError, TypeError, OverflowError):  # not a date, or a date without time zone
        return 0
