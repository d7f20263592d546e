"""What an hour showed, and whether that is good enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.load import Sample
from benchmarks.soak.watch import Seen
from tests.support.percentiles import percentile

MOST_MEGABYTES_AN_HOUR = 1.0
MOST_DRIFT = 0.2
#: The rows that a request leaves, by table. Requests and tables that are not named leave none.
ROWS_LEFT = {
    "oauthcore_grant": {"authorize": 1, "sign-in": 1},
    "oauthcore_authorizationcode": {"authorize": 1},
    "oauthcore_token": {
        "code": 2,
        "refresh": 1,
        "client credentials": 1,
        "sign-in": 1,
        "access token per account": 1,
    },
    "oauthcore_device": {"sign-in": 1},
    "oauthcore_usage": {"authorize": 1, "sign-in": 1},
    "oauthcore_securityevent": {"revoke": 1, "sign-in": 1, "sign-out": 1},
    "oauthcore_refusal": {"mistake": 1},
}
#: Rows that a table may have more than that: limits, addresses, uses that are written later.
FREE_ROWS = 1000


@dataclass
class Report:
    """The figures."""

    seconds: float
    capacity: float
    samples: Sequence[Sample]
    seen: Seen
    unexpected: Counter[str]
    window: float
    #: The seconds of each; None is one that failed.
    cleanups: list[float | None] = field(default_factory=list)
    restarts: int = 0
    #: What clients could not make sense of.
    faults: Sequence[str] = ()

    @property
    def failures(self) -> int:
        """Answers of 5xx, and requests without an answer."""
        return sum(one.status >= 500 or one.status == 0 for one in self.samples)

    @property
    def windows(self) -> list[float]:
        """The p99 of each window, in milliseconds; what signing in costs is the password's hash."""
        first = min(one.at for one in self.samples)
        times: list[list[float]] = [[] for _ in range(max(1, round(self.seconds / self.window)))]
        for one in self.samples:
            if one.name != "sign-in":
                times[min(len(times) - 1, int((one.at - first) / self.window))].append(one.seconds)
        return [percentile(found) * 1000 for found in times if found]

    @property
    def drift(self) -> float | None:
        """The median p99 of the last third of the windows beside that of the first third."""
        third = len(self.windows) // 3
        if not third:
            return None
        return median(self.windows[-third:]) / median(self.windows[:third]) - 1

    @property
    def slope(self) -> float | None:
        """The median megabytes an hour that a worker gained; None if none lived long enough."""
        slopes = self.seen.slopes().values()
        return median(slopes) if slopes else None

    @property
    def added(self) -> dict[str, tuple[int, int]]:
        """The rows and bytes that each table gained."""
        first, last = self.seen.tables[0], self.seen.tables[-1]
        return {
            name: (rows - first.get(name, (0, 0))[0], size - first.get(name, (0, 0))[1])
            for name, (rows, size) in sorted(last.items())
        }

    def explained(self, table: str) -> int:
        """Return how many rows of a table the requests leave at the most."""
        rows = ROWS_LEFT.get(table, {})
        return sum(rows.get(one.name, 0) for one in self.samples)

    @property
    def misses(self) -> list[str]:
        found = []
        if self.failures:
            found.append(f"{self.failures} requests failed")
        if self.faults:
            found.append(f"clients failed {len(self.faults)} times: {self.faults[0]}")
        if self.unexpected:
            found.append(f"unexpected answers: {dict(self.unexpected)}")
        if self.slope is not None and self.slope >= MOST_MEGABYTES_AN_HOUR:
            found.append(f"a worker gains {self.slope:.2f} MB an hour")
        if self.drift is not None and self.drift >= MOST_DRIFT:
            found.append(f"p99 drifts by {self.drift:.0%}")
        if self.seen.idle_in_transaction:
            found.append(f"idle in transaction: seen {self.seen.idle_in_transaction} times")
        if failed := self.cleanups.count(None):
            found.append(f"{failed} clean-ups failed")
        found += [
            f"{name} gained {rows} rows, of which requests explain {self.explained(name)}"
            for name, (rows, _) in self.added.items()
            if rows > self.explained(name) + FREE_ROWS
        ]
        return found

    def as_json(self) -> dict[str, Any]:
        """Return all figures."""
        names = sorted({one.name for one in self.samples})
        return {
            "seconds": round(self.seconds),
            "requests": len(self.samples),
            "capacity, requests a second": round(self.capacity, 1),
            "load, requests a second": round(len(self.samples) / self.seconds, 1),
            "failed": self.failures,
            "unexpected": dict(self.unexpected),
            "p99 ms of each window": [round(one, 1) for one in self.windows],
            "p99 drift": self.drift,
            "MB an hour, median": self.slope,
            "MB an hour, each worker": [round(one, 2) for one in self.seen.slopes().values()],
            "MB of each worker, every ten minutes": [
                " ".join(f"{size / 2**20:.1f}" for size in course) for course in self.seen.courses()
            ],
            "idle in transaction": self.seen.idle_in_transaction,
            "restarts": self.restarts,
            "seconds of each clean-up": ["failed" if one is None else round(one, 1) for one in self.cleanups],
            "rows and bytes gained": {name: added for name, added in self.added.items() if any(added)},
            "p50, p99 and most ms": {
                name: [
                    round(percentile([one.seconds for one in self.samples if one.name == name], at) * 1000, 1)
                    for at in (50, 99, 100)
                ]
                for name in names
            },
            "misses": self.misses,
        }

    def as_text(self) -> str:
        """Return the figures as two tables in Markdown."""
        figures = self.as_json()
        paths, tables = figures.pop("p50, p99 and most ms"), figures.pop("rows and bytes gained")
        lines = ["| figure | value |", "| --- | --- |"]
        lines += [f"| {name} | {_told(value)} |" for name, value in figures.items()]
        lines += ["", "| request | p50 ms | p99 ms | most ms |", "| --- | --- | --- | --- |"]
        lines += [f"| {name} | {p50} | {p99} | {most} |" for name, (p50, p99, most) in paths.items()]
        lines += ["", "| table | rows gained | KiB gained |", "| --- | --- | --- |"]
        lines += [f"| {name} | {rows} | {size // 1024} |" for name, (rows, size) in tables.items()]
        return "\n".join(lines)


def _told(value: Any) -> str:
    if value is None:
        return "not judged: the run was too short"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value) if value != {} else "none"
