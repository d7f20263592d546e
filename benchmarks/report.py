"""What was measured, as ratios with their spread, held against the marks."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles

from benchmarks import LEGACY_OPERATIONS, OPERATIONS
from benchmarks.database import PREPARED, PROFILES, server_version
from benchmarks.measure import Key, Timings

OURS = "oauthcore"
PLAIN = "Django"
RIVAL = "toolkit"
RIVAL_HASHED = "toolkit, hashed"
UNCOUNTED = "uncounted"

MARKS = {
    ("bearer check", RIVAL): 2.5,
    ("client credentials", RIVAL): 2.0,
    ("code", RIVAL): 3.5,
    ("refresh", RIVAL): 5.0,
    ("introspection", RIVAL): 2.0,
    ("client credentials", RIVAL_HASHED): 100.0,
}
STATEMENTS_ALLOWED = {"bearer check": 1, "client credentials": 2, "code": 4, "refresh": 4, "introspection": 2}
STATEMENTS_ALLOWED["legacy bearer check"] = STATEMENTS_ALLOWED["bearer check"]


@dataclass(frozen=True)
class Comparison:
    """How many times as long the rival takes: the median of the rounds' ratios, and their outer deciles."""

    operation: str
    profile: str
    rival: str
    our_microseconds: float
    rival_microseconds: float
    ratio: float
    low: float
    high: float
    mark: float | None

    @property
    def is_met(self) -> bool:
        return self.mark is None or self.ratio >= self.mark


@dataclass(frozen=True)
class Report:
    """Everything one run has found."""

    machine: str
    load_before: float
    rounds: int
    plain: dict[str, dict[str, float]]
    comparisons: list[Comparison]
    statements: dict[str, dict[str, int]]

    @property
    def misses(self) -> list[str]:
        """What was not reached, in words."""
        return [
            *(f"{c.operation}: {c.ratio:.2f} of {c.mark:g}" for c in self.comparisons if not c.is_met),
            *(
                f"{operation}: {counts[OURS]} statements, {STATEMENTS_ALLOWED[operation]} allowed"
                for operation, counts in self.statements.items()
                if counts.get(OURS, 0) > STATEMENTS_ALLOWED.get(operation, counts.get(OURS, 0))
            ),
        ]

    @property
    def is_busy(self) -> bool:
        """Whether others used the machine, so that the numbers say as much of them as of us."""
        return self.load_before > (os.cpu_count() or 1) / 4

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "misses": self.misses}

    def as_text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield self.machine
        yield f"{self.rounds} rounds; microseconds per call and ratios are medians over the rounds"
        if self.is_busy:
            yield f"BUSY: the load was {self.load_before:.1f} before it began; run it on a quiet machine"
        for profile in PROFILES:
            yield ""
            yield from self._profile_lines(profile.name)
        yield ""
        yield "all marks met" if not self.misses else "MISSED: " + "; ".join(self.misses)

    def _profile_lines(self, profile: str) -> Iterator[str]:
        judged = ", judged" if profile == PREPARED.name else ""
        title = f"database options: {profile}{judged}"
        yield f"{title:<42}{'ours':>9}{'theirs':>11}{'ratio':>9}   {'10–90 %':<14}mark"
        for name, times in self.plain.items():
            if profile in times:
                yield f"  {name:<40}{times[profile]:>9.0f}"
        for c in self.comparisons:
            if c.profile == profile:
                yield self._comparison_line(c)

    def _comparison_line(self, c: Comparison) -> str:
        mark = "" if c.mark is None else f"≥ {c.mark:<6g}" + ("met" if c.is_met else "MISSED")
        counts = self.statements.get(c.operation, {})
        sql = f"  SQL {counts.get(OURS, '–')} / {counts.get(c.rival, '–')}" if c.rival != RIVAL_HASHED else ""
        return (
            f"  {c.operation + ' vs ' + c.rival:<40}{c.our_microseconds:>9.0f}{c.rival_microseconds:>11.0f}"
            f"{c.ratio:>9.2f}   {f'{c.low:.2f}–{c.high:.2f}':<14}{mark:<15}{sql}"
        ).rstrip()


def build(timings: Timings, statements: Mapping[Key, int], *, rounds: int, load_before: float) -> Report:
    """Put a run's times into words and ratios."""
    return Report(
        machine=describe_machine(),
        load_before=load_before,
        rounds=rounds,
        plain=_plain(timings),
        comparisons=list(_comparisons(timings)),
        statements=_statements(statements),
    )


def _plain(timings: Timings) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for key, times in timings.items():
        if key.product == PLAIN:
            found.setdefault(key.operation, {})[key.profile] = median(times.values())
    return dict(sorted(found.items()))


def _comparisons(timings: Timings) -> Iterator[Comparison]:
    for profile in PROFILES:
        for rival in (RIVAL, RIVAL_HASHED, UNCOUNTED):
            for operation in (*OPERATIONS, *LEGACY_OPERATIONS):
                ours, theirs = Key(operation, OURS, profile.name), Key(operation, rival, profile.name)
                if ours in timings and theirs in timings:
                    yield _compare(timings, ours, theirs)


def _compare(timings: Timings, ours: Key, theirs: Key) -> Comparison:
    shared = timings[ours].keys() & timings[theirs].keys()
    ratios = [timings[theirs][number] / timings[ours][number] for number in shared]
    low, high = _spread(ratios)
    return Comparison(
        operation=ours.operation,
        profile=ours.profile,
        rival=theirs.product,
        our_microseconds=median(timings[ours].values()),
        rival_microseconds=median(timings[theirs].values()),
        ratio=median(ratios),
        low=low,
        high=high,
        mark=MARKS.get((ours.operation, theirs.product)) if ours.profile == PREPARED.name else None,
    )


def _spread(ratios: list[float]) -> tuple[float, float]:
    if len(ratios) < 2:
        return ratios[0], ratios[0]
    deciles = quantiles(ratios, n=10, method="inclusive")
    return deciles[0], deciles[-1]


def _statements(statements: Mapping[Key, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for key, count in statements.items():
        found.setdefault(key.operation, {})[key.product] = count
    return found


def describe_machine() -> str:
    """Say on what it ran: ratios travel from machine to machine, microseconds do not."""
    packages = {
        "Django": "django",
        "REST framework": "djangorestframework",
        "toolkit": "django-oauth-toolkit",
    }
    return ", ".join(
        [
            f"{_processor()}, {os.cpu_count()} cores",
            f"Python {platform.python_version()}",
            *(f"{name} {version(package)}" for name, package in packages.items()),
            f"PostgreSQL {server_version()}",
        ]
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
