"""Days and moments as the admin writes them, with time zones and without (``USE_TZ``)."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import is_aware, localtime


def day(at: datetime | None) -> str:
    """Return the day in the site's format, or an empty text for None."""
    return _written(at, "DATE_FORMAT")


def moment(at: datetime | None) -> str:
    """Return the time in the site's format, or an empty text for None."""
    return _written(at, "DATETIME_FORMAT")


def _written(at: datetime | None, form: str) -> str:
    if at is None:
        return ""
    return date_format(localtime(at) if is_aware(at) else at, form)
