"""What came out: the table, the same as JSON, and what grew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from benchmarks.growth.reads import Found

#: By how much a median may grow from the smallest size to the largest.
MOST_GROWTH = 1.15
#: Rows that a path may read more of than with the smallest size: PostgreSQL reads a table of a few pages as
#: a whole, and takes the index once that is dearer.
FREE_ROWS = 300
#: A list of the admin counts 10,000 rows at most. With fewer tokens it has fewer rows to count, or to look
#: for, so it is compared from this size on.
COUNTED_FROM = 1_000_000


@dataclass
class Path:
    """One path: what it read and how long it took, by the size of the tables."""

    name: str
    reads: dict[int, dict[str, Any]] = field(default_factory=dict)
    #: Microseconds, by size: one figure for each round.
    times: dict[int, list[float]] = field(default_factory=dict)

    @property
    def judged(self) -> list[int]:
        """The sizes that are compared: the smallest and the largest of these."""
        least = COUNTED_FROM if self.name.startswith("admin") else 0
        found = sorted(size for size in self.reads if size >= least)
        return found if len(found) > 1 else []

    @property
    def ratios(self) -> list[float]:
        """The largest size beside the smallest, round by round."""
        if not self.times or not self.judged:
            return []
        first, *_, last = (self.times[size] for size in self.judged)
        return [there / here for here, there in zip(first, last, strict=True)]

    @property
    def growth(self) -> float | None:
        return median(self.ratios) if self.ratios else None

    @property
    def spread(self) -> tuple[float, float] | None:
        """The first and the ninth decile of the ratios."""
        if len(self.ratios) < 2:
            return None
        tenths = quantiles(self.ratios, n=10, method="inclusive")
        return tenths[0], tenths[-1]

    @property
    def found(self) -> tuple[Found, Found] | None:
        """What a list of the admin has found on the smallest and on the largest size; None for others."""
        if not self.judged:
            return None
        first, *_, last = (self.reads[size].get("found") for size in self.judged)
        return (Found(**first), Found(**last)) if first and last else None

    @property
    def times_as_many(self) -> float:
        """How many times as many rows a list finds on the largest size: at least 1, as for other paths."""
        if self.found is None:
            return 1
        first, last = self.found
        return max(1, last.count / max(1, first.count))

    @property
    def matches_more(self) -> bool:
        """Whether a search matches too many applications or devices on the largest size only."""
        return bool(self.found and self.found[1].is_search_cut > self.found[0].is_search_cut)

    @property
    def is_timed(self) -> bool:
        """Whether times are compared: there are some, and both sizes answer the same question."""
        return self.growth is not None and self.times_as_many == 1 and not self.matches_more

    @property
    def reads_more(self) -> bool:
        """Whether it goes through more rows on the largest size, for each row that it finds."""
        if not self.judged or self.matches_more:
            return False
        first, *_, last = (self.reads[size]["rows"] for size in self.judged)
        return bool(last > first * self.times_as_many * MOST_GROWTH + FREE_ROWS)

    @property
    def verdict(self) -> str:
        """What the table says of it; nothing where all is well."""
        if not self.judged:
            return "not judged"
        if self.grew:
            return "GREW"
        if self.found and (self.times_as_many > 1 or self.matches_more):
            return "finds {} → {}".format(*self.found)
        return "reads more" if self.reads_more else ""

    @property
    def grew(self) -> bool:
        """Whether it takes longer than it may; where times are not compared, whether it reads more."""
        return (self.growth or 0) > MOST_GROWTH if self.is_timed else self.reads_more


@dataclass
class Report:
    """Every path, on every size."""

    sizes: dict[int, int]
    paths: list[Path]
    about: dict[str, Any]

    @property
    def misses(self) -> list[str]:
        if not any(path.judged for path in self.paths):
            return ["nothing was judged"]
        return [path.name for path in self.paths if path.grew]

    def as_json(self) -> dict[str, Any]:
        """Return all figures."""
        return {
            "about": self.about,
            "tokens": self.sizes,
            "misses": self.misses,
            "paths": [
                {
                    "name": path.name,
                    "growth": path.growth,
                    "spread": path.spread,
                    "verdict": path.verdict,
                    "reads": path.reads,
                    "microseconds": {size: median(times) for size, times in path.times.items()},
                }
                for path in self.paths
            ],
        }

    def as_text(self) -> str:
        """Return the table, in Markdown."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        sizes = sorted(self.sizes)
        yield ", ".join(f"{name}: {value}" for name, value in self.about.items())
        yield ""
        heads = [
            *(f"{size:,} µs" for size in sizes),
            "growth",
            "10–90 %",
            *(f"rows, {size:,}" for size in sizes),
        ]
        yield f"| path | {' | '.join([*heads, 'pages', ''])} |"
        yield "| --- " * (len(heads) + 3) + "|"
        for path in self.paths:
            yield f"| {path.name} | {' | '.join(self._cells(path, sizes))} |"
        yield ""
        judged = sum(bool(path.judged) for path in self.paths)
        grew = f"{len(self.misses)} missed: {', '.join(self.misses) or 'none'}"
        yield f"{len(self.paths)} paths, {judged} judged, {grew}"

    def _cells(self, path: Path, sizes: list[int]) -> Iterator[str]:
        for size in sizes:
            yield f"{median(path.times[size]):.0f}" if path.times else ""
        yield f"{path.growth:.2f}" if path.growth is not None else ""
        yield "{:.2f}–{:.2f}".format(*path.spread) if path.spread else ""
        for size in sizes:
            yield str(path.reads[size]["rows"])
        yield " → ".join(str(path.reads[size]["pages"]) for size in (sizes[0], sizes[-1]))
        yield path.verdict
