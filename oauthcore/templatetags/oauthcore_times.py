"""Days and times as pages show them: in the language of the reader, and each time with its zone."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.filter(expects_localtime=True)
def day(at: datetime) -> SafeString:
    """Return the day of a time: ``June 15, 2030``."""
    return _marked(at, date_format(at, "DATE_FORMAT"), "day")


@register.filter(expects_localtime=True)
def moment(at: datetime) -> SafeString:
    """Return a time to the minute: ``June 15, 2030, 12:00 UTC``."""
    return _marked(at, _on_day(at, "H:i T"), "minute")


@register.filter(expects_localtime=True)
def second(at: datetime) -> SafeString:
    """Return a time to the second, so that it can be found in a log: ``June 15, 2030, 12:00:00 UTC``."""
    return _marked(at, _on_day(at, "H:i:s T"), "second")


def _on_day(at: datetime, time_format: str) -> str:
    day, time = date_format(at, "DATE_FORMAT"), date_format(at, time_format)
    return _("%(day)s, %(time)s") % {"day": day, "time": time}


def _marked(at: datetime, words: str, exactness: str) -> SafeString:
    """Return a ``<time>`` element with these words. ``times.js`` converts it to the reader's zone."""
    moment = at.isoformat(timespec="seconds")
    return format_html('<time datetime="{}" data-time="{}">{}</time>', moment, exactness, words)
