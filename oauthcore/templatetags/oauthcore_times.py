"""Days and times as all pages write them: in the words of the language, a time never without its zone."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter(expects_localtime=True)
def day(at: datetime) -> SafeString:
    """Return the day of a moment: ``June 15, 2030``."""
    return _marked(at, date_format(at, "DATE_FORMAT"), "day")


@register.filter(expects_localtime=True)
def moment(at: datetime) -> SafeString:
    """Return a moment to the minute: ``June 15, 2030, 12:00 UTC``."""
    return _marked(at, f"{date_format(at, 'DATE_FORMAT')}, {date_format(at, 'H:i T')}", "minute")


@register.filter(expects_localtime=True)
def second(at: datetime) -> SafeString:
    """Return a moment to the second, as it is looked up in a log: ``June 15, 2030, 12:00:00 UTC``."""
    return _marked(at, f"{date_format(at, 'DATE_FORMAT')}, {date_format(at, 'H:i:s T')}", "second")


def _marked(at: datetime, words: str, exactness: str) -> SafeString:
    """Return words as a ``<time>``, which ``times.js`` puts in the reader's zone."""
    moment = at.isoformat(timespec="seconds")
    return format_html('<time datetime="{}" data-time="{}">{}</time>', moment, exactness, words)
