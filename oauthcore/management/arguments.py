"""The arguments of commands, from a command line and from ``call_command``: dates, sizes, lengths of time."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from oauthcore.rules.text.numbers import whole_number
from oauthcore.rules.text.sizes import parse_size

_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
#: Longer times are refused, because dates end with the year 9999.
_MOST_DAYS = 36_500


class TypedCommand(BaseCommand):
    """A command whose options mean the same from ``call_command`` as on a command line.

    Django hands keywords on as they are, past argparse: a single text for an option that may be repeated, and
    a text or a number where argparse would have read a date or a size.
    """

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Read every option as the command line would, and run; raise CommandError naming what is wrong."""
        for action in self.create_parser("", "")._actions:
            given = options.get(action.dest)
            if isinstance(given, str) and isinstance(action.default, list):
                options[action.dest] = [given]
            if action.type is not None and isinstance(given, str | int | date):
                options[action.dest] = _read(
                    action.option_strings, cast("Callable[[str], Any]", action.type), given
                )
        return super().execute(*args, **options)


def _read(names: Sequence[str], read: Callable[[str], Any], given: Any) -> Any:
    try:
        return read(str(given))
    except ArgumentTypeError as problem:
        raise CommandError(f"Error: argument {'/'.join(names)}: {problem}") from None


def uuid(text: str) -> UUID:
    """Return the UUID a text is; raise ArgumentTypeError."""
    try:
        return UUID(text)
    except ValueError:
        raise ArgumentTypeError("give a UUID") from None


def days(text: str) -> int:
    """Return a number of days; raise ArgumentTypeError."""
    number = whole_number(text)
    if number is None or number > _MOST_DAYS:
        raise ArgumentTypeError(f"give a whole number of days up to {_MOST_DAYS}")
    return number


def moment(text: str) -> datetime:
    """Return the time that so many days from now, a date (when it begins) or a time names."""
    if whole_number(text) is not None:
        return timezone.now() + timedelta(days=days(text))
    try:
        day = parse_date(text)
        found = datetime(day.year, day.month, day.day) if day else parse_datetime(text)  # noqa: DTZ001
    except ValueError:
        found = None
    if found is None:
        raise ArgumentTypeError("give a number of days, a date (2030-12-31) or a time (2030-12-31T18:00Z)")
    if timezone.is_naive(found):
        return timezone.make_aware(found) if settings.USE_TZ else found
    return found if settings.USE_TZ else timezone.make_naive(found)


def duration(text: str) -> timedelta:
    """Return the length of time that ``30m``, ``12h`` or ``7d`` is; 0 is none. Raises ArgumentTypeError."""
    unit = _UNITS.get(text[-1:], timedelta())
    number = whole_number(text[:-1] if unit else text)
    if number is None or (number and not unit) or number * (unit or _UNITS["d"]) > timedelta(days=_MOST_DAYS):
        raise ArgumentTypeError("give minutes, hours or days, such as 30m, 12h or 7d, or 0")
    return number * unit


def size(text: str) -> int:
    """Return the number of bytes that ``512``, ``64KB`` or ``10 MB`` is; raise ArgumentTypeError."""
    try:
        return parse_size(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
