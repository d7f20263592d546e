"""The daily use of one grant, as a bar chart and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from oauthcore.models import Grant, Usage

_DAYS = 30
_HEIGHT = 64
_STEP = 12
_WIDTH = 8
_LEAST = 2  # a day with one request is still visible among days with thousands


@dataclass(frozen=True)
class Bar:
    """One day of the chart: how often the grant was used, and the position of the bar."""

    day: date
    count: int
    x: int
    y: int
    height: int


@dataclass(frozen=True)
class Chart:
    """The chart of the last 30 days."""

    bars: tuple[Bar, ...]
    total: int
    most: int
    days: int = _DAYS
    bar_width: int = _WIDTH
    width: int = _DAYS * _STEP
    height: int = _HEIGHT

    @property
    def used(self) -> list[Bar]:
        """The days on which the grant was used, the latest first."""
        return [one for one in reversed(self.bars) if one.count]


def chart_of(grant: Grant, *, today: date) -> Chart:
    """Return how often a grant was used on each of the last 30 days, with one query."""
    first = today - timedelta(days=_DAYS - 1)
    rows = Usage.objects.filter(grant=grant, day__range=(first, today)).values_list("day", "count")
    counts = dict(rows)
    most = max(counts.values(), default=0)
    days = [first + timedelta(days=number) for number in range(_DAYS)]
    bars = tuple(_bar(number, day, counts.get(day, 0), most) for number, day in enumerate(days))
    return Chart(bars=bars, total=sum(counts.values()), most=most)


def _bar(number: int, day: date, count: int, most: int) -> Bar:
    height = max(_LEAST, round(_HEIGHT * count / most)) if count else 0
    return Bar(day, count, number * _STEP + (_STEP - _WIDTH) // 2, _HEIGHT - height, height)
