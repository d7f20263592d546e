"""The tables and sentences of the pages, as Markdown, from the figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from benchmarks.database import PROFILES
from benchmarks.pages.figures import Figures
from benchmarks.report import OURS, RIVAL_HASHED, UNCOUNTED, Report, read

NOT_MEASURED = "This part has not been measured on a quiet machine yet: `python -m benchmarks --write-docs`."
PREPARED, AS_DJANGO = "prepared", "as Django"

Row = dict[str, Any]


def table(heads: Sequence[str], rows: Sequence[Sequence[object]], *, words: int = 1) -> str:
    """Return a Markdown table: so many columns of words, then those of numbers."""
    rule = ["---" if column < words else "---:" for column in range(len(heads))]
    lines = [heads, rule, *rows]
    return "\n".join("".join(f"| {cell} " if cell != "" else "| " for cell in line) + "|" for line in lines)


def when(part: Figures, more: str) -> str:
    """Say when and on what a part was measured, and whether others used the machine."""
    date = dt.date.fromisoformat(part["date"])
    busy = (
        f" The machine was busy: the load was {part['load_before']:.1f} before."
        if part.get("is_busy")
        else ""
    )
    return f"Measured on {date.day} {date:%B %Y}: {part['machine']}. {more}{busy}"


def between(row: Row, low: str = "low", high: str = "high", digits: int = 2) -> str:
    """Return the first and the ninth decile."""
    if row[low] is None:
        return ""
    return (
        f"{row[low]:.{digits}f}–{row[high]:.{digits}f}"
        if row[high] < 100 or not digits
        else f"{row[low]:.0f}–{row[high]:.0f}"
    )


def ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if value >= 10 else f"{value:.2f}"


def marks(figures: Figures) -> str:
    """The comparison with django-oauth-toolkit in which the targets are set."""
    part = figures.get("marks")
    if part is None:
        return NOT_MEASURED
    report = read(part)
    return "\n\n".join(
        [
            when(part, f"{report.rounds} rounds."),
            *(_beside_the_rival(report, profile.name) for profile in PROFILES),
            f"Missed: {'; '.join(report.misses)}." if report.misses else "All targets are met.",
        ]
    )


def _beside_the_rival(report: Report, profile: str) -> str:
    rows = [
        *([name, _time(times, profile), *[""] * 5] for name, times in report.plain.items()),
        *(
            [
                f"{one.operation}{', their secrets hashed' if one.rival == RIVAL_HASHED else ''}",
                f"{one.our_microseconds:.0f}",
                f"{one.rival_microseconds:.0f}",
                ratio(one.ratio),
                between(asdict(one)),
                f"{one.target:g}" if one.target else "",
                _statements(report.statements, one.operation, one.rival),
            ]
            for one in report.comparisons
            if one.profile == profile and one.rival != UNCOUNTED
        ),
    ]
    return table([f"`{profile}`", "ours µs", "theirs µs", "ratio", "10–90 %", "target", "SQL"], rows)


def legacy(figures: Figures) -> str:
    """What counting legacy use costs."""
    part = figures.get("marks")
    if part is None:
        return NOT_MEASURED
    rows = [
        [
            f"{one['operation'].removeprefix('legacy ')}, `{one['profile']}`",
            f"{one['our_microseconds']:.0f}",
            f"{one['rival_microseconds']:.0f}",
            ratio(one["ratio"]),
            between(one),
            _statements(part["statements"], one["operation"], UNCOUNTED),
        ]
        for one in part["comparisons"]
        if one["rival"] == UNCOUNTED
    ]
    heads = ["legacy, counted beside uncounted", "counted µs", "uncounted µs", "ratio", "10–90 %", "SQL"]
    return table(heads, rows)


def _time(times: dict[str, float], profile: str) -> str:
    return f"{times[profile]:.0f}" if profile in times else ""


def _statements(statements: Mapping[str, Mapping[str, int]], operation: str, rival: str) -> str:
    counts = statements.get(operation, {})
    return f"{counts[OURS]} / {counts[rival]}" if {OURS, rival} <= counts.keys() else ""
