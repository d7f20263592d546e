"""What was measured, as ratios with their spread, held against the targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from statistics import median, quantiles
from typing import Any

from benchmarks import LEGACY_OPERATIONS, OPERATIONS
from benchmarks.database import PREPARED, PROFILES
from benchmarks.measure import Key, Timings

OURS = "oauthcore"
PLAIN = "Django"
RIVAL = "toolkit"
RIVAL_HASHED = "toolkit, hashed"
UNCOUNTED = "uncounted"

TARGETS = {
    ("bearer check", RIVAL): 2.8,
    ("client credentials", RIVAL): 2.5,
    ("code", RIVAL): 4.6,
    ("refresh", RIVAL): 6.5,
    ("introspection", RIVAL): 2.4,
    ("client credentials", RIVAL_HASHED): 100.0,
}
TARGETS_AS_DJANGO = {("bearer check", RIVAL): 2.2, ("refresh", RIVAL): 5.0}
"""With Django's own options for PostgreSQL."""
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

    @property
    def target(self) -> float | None:
        """The least ratio wanted. It is no figure of a run, so none is kept with the figures."""
        targets = TARGETS if self.profile == PREPARED.name else TARGETS_AS_DJANGO
        return targets.get((self.operation, self.rival))

    @property
    def is_met(self) -> bool:
        return self.target is None or self.ratio >= self.target


@dataclass(frozen=True)
class Report:
    """Everything one run has found."""

    rounds: int
    plain: dict[str, dict[str, float]]
    comparisons: list[Comparison]
    statements: dict[str, dict[str, int]]

    @property
    def misses(self) -> list[str]:
        """What was not reached, in words."""
        return [
            *(
                f"{c.operation}, {c.profile}: {c.ratio:.2f} of {c.target:g}"
                for c in self.comparisons
                if not c.is_met
            ),
            *(
                f"{operation}: {counts[OURS]} statements, {STATEMENTS_ALLOWED[operation]} allowed"
                for operation, counts in self.statements.items()
                if counts.get(OURS, 0) > STATEMENTS_ALLOWED.get(operation, counts.get(OURS, 0))
            ),
        ]

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """Yield the report as text."""
        yield f"Beside {RIVAL}: {self.rounds} rounds; microseconds and ratios are medians over the rounds"
        for profile in PROFILES:
            yield ""
            yield from self._profile_lines(profile.name)
        yield ""
        yield "all targets met" if not self.misses else "MISSED: " + "; ".join(self.misses)

    def _profile_lines(self, profile: str) -> Iterator[str]:
        title = f"database options: {profile}"
        yield f"{title:<42}{'ours':>9}{'theirs':>11}{'ratio':>9}   {'10–90 %':<14}target"
        for name, times in self.plain.items():
            if profile in times:
                yield f"  {name:<40}{times[profile]:>9.0f}"
        for c in self.comparisons:
            if c.profile == profile:
                yield self._comparison_line(c)

    def _comparison_line(self, c: Comparison) -> str:
        target = "" if c.target is None else f"≥ {c.target:<6g}" + ("met" if c.is_met else "MISSED")
        counts = self.statements.get(c.operation, {})
        sql = f"  SQL {counts.get(OURS, '–')} / {counts.get(c.rival, '–')}" if c.rival != RIVAL_HASHED else ""
        return (
            f"  {c.operation + ' vs ' + c.rival:<40}{c.our_microseconds:>9.0f}{c.rival_microseconds:>11.0f}"
            f"{c.ratio:>9.2f}   {f'{c.low:.2f}–{c.high:.2f}':<14}{target:<15}{sql}"
        ).rstrip()


def read(part: Mapping[str, Any]) -> Report:
    """Return the report of figures that were kept. The targets are those of today."""
    names = [field.name for field in fields(Comparison)]
    return Report(
        rounds=part["rounds"],
        plain=part["plain"],
        comparisons=[Comparison(**{name: one[name] for name in names}) for one in part["comparisons"]],
        statements=part["statements"],
    )


def build(timings: Timings, statements: Mapping[Key, int], *, rounds: int) -> Report:
    """Put a run's times into words and ratios."""
    return Report(
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
    low, high = spread(ratios)
    return Comparison(
        operation=ours.operation,
        profile=ours.profile,
        rival=theirs.product,
        our_microseconds=median(timings[ours].values()),
        rival_microseconds=median(timings[theirs].values()),
        ratio=median(ratios),
        low=low,
        high=high,
    )


def spread(ratios: list[float]) -> tuple[float, float]:
    """Return the first and the ninth decile."""
    if len(ratios) < 2:
        return ratios[0], ratios[0]
    deciles = quantiles(ratios, n=10, method="inclusive")
    return deciles[0], deciles[-1]


def _statements(statements: Mapping[Key, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for key, count in statements.items():
        found.setdefault(key.operation, {})[key.product] = count
    return found
