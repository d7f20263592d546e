"""What a clean-up showed, as figures, and which of them miss their targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.support.percentiles import percentile

if TYPE_CHECKING:
    from benchmarks.cleanup.load import Loaded
    from benchmarks.cleanup.watch import Watched

LEAST_RATIO = 10
MOST_SECONDS = 0.5
MOST_SLOWDOWN = 2
MOST_MEGABYTES = 150
#: How many are killed: one alone, and two at once.
KILLED = 3


@dataclass(frozen=True)
class Rows:
    """How many expired rows each product had, and for how many authorizations."""

    ours: int
    theirs: int
    authorizations: int


@dataclass(frozen=True)
class Report:
    """Everything that was seen: a run of each round, and the one that was killed."""

    load_average: float
    rows: Rows
    start: Watched
    ours: Sequence[Watched]
    theirs: Sequence[Watched]
    loaded: Sequence[Loaded]
    killed: dict[str, Any]

    @cached_property
    def figures(self) -> dict[str, Any]:
        """The figures by name. Times are in seconds."""
        found: dict[str, Any] = {
            "expired rows": asdict(self.rows),
            "load": round(self.load_average, 1),
            "start of Django": {"seconds": self.start.seconds, "client": self.start.client},
            "ours": _of_rounds(self.ours),
        }
        if self.theirs:
            found["theirs"] = _of_rounds(self.theirs)
            for what, ratios in self._ratios().items():
                found[what] = {"median": median(ratios), "least": min(ratios), "most": max(ratios)}
        return found | {
            "under load": self._under_load(),
            "killed and twice": self.killed,
            "misses": self.misses,
        }

    @cached_property
    def misses(self) -> list[str]:
        """What missed its target, in words."""
        return list(self._misses())

    def as_text(self) -> str:
        """Return the figures, one a line."""
        lines = []
        for name, value in self.figures.items():
            if isinstance(value, dict):
                value = ", ".join(f"{what} {_rounded(one)}" for what, one in value.items())
            elif isinstance(value, list):
                value = "; ".join(value) or "none"
            lines.append(f"{name}: {_rounded(value)}")
        return "\n".join(lines)

    def _ratios(self) -> dict[str, list[float]]:
        """Return how many times as fast ours was in each round."""
        pairs = list(zip(self.theirs, self.ours, strict=True))
        seconds = [theirs.seconds / ours.seconds for theirs, ours in pairs]
        alone = self.start.client
        processor = [
            (theirs.client + theirs.server - alone) / (ours.client + ours.server - alone)
            for theirs, ours in pairs
        ]
        more = self.rows.ours / self.rows.theirs
        return {
            "rows in a second": [one * more for one in seconds],
            "authorizations in a second": seconds,
            "authorizations by processor time, without the start": processor,
        }

    def _under_load(self) -> dict[str, Any]:
        before = [seconds for one in self.loaded for seconds in one.before]
        meanwhile = [seconds for one in self.loaded for seconds in one.meanwhile]
        return {
            **_of_rounds([one.watched for one in self.loaded]),
            "p50 before": percentile(before, 50),
            "p50 meanwhile": percentile(meanwhile, 50),
            "p99 before": percentile(before),
            "p99 meanwhile": percentile(meanwhile),
            "p99 of each round": [
                f"{percentile(one.before):.4f} to {percentile(one.meanwhile):.4f}" for one in self.loaded
            ],
            "most meanwhile": percentile(meanwhile, 100),
            "requests meanwhile": len(meanwhile),
            "failed": sum(one.failed for one in self.loaded),
        }

    def _misses(self) -> Iterable[str]:
        if self.theirs and (ratio := median(self._ratios()["rows in a second"])) < LEAST_RATIO:
            yield f"{ratio:.1f} times as many rows in a second, not {LEAST_RATIO}"
        watched = [*self.ours, *(one.watched for one in self.loaded)]
        if max(one.transaction for one in watched) > MOST_SECONDS:
            yield f"a transaction took more than {MOST_SECONDS} s"
        loaded = self._under_load()
        if loaded["p99 meanwhile"] > MOST_SLOWDOWN * loaded["p99 before"]:
            yield f"p99 more than {MOST_SLOWDOWN} times that before"
        if loaded["failed"]:
            yield f"{loaded['failed']} requests failed"
        if max(one.megabytes for one in watched) > MOST_MEGABYTES:
            yield f"more than {MOST_MEGABYTES} MB"
        if self.killed["killed"] != KILLED:
            yield f"{self.killed['killed']} were killed, not {KILLED}: the others had ended before"
        if not 0 < self.killed["left after each"][0] < self.killed["expired before"]:
            yield "the first that was killed was not in the middle of its work"


def _of_rounds(runs: Sequence[Watched]) -> dict[str, Any]:
    """Return the medians of times, and the most of what has a bound."""
    return {
        "seconds": median(one.seconds for one in runs),
        "of each round": [round(one.seconds, 2) for one in runs],
        "client": median(one.client for one in runs),
        "server": median(one.server for one in runs),
        "megabytes": max(one.megabytes for one in runs),
        "transaction": max(one.transaction for one in runs),
    }


def _rounded(value: object) -> object:
    return f"{value:.3g}" if isinstance(value, float) else value
