"""Throughput: the sites behind gunicorn, with several clients at the same time."""

from __future__ import annotations

import math
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from statistics import median
from typing import NamedTuple

from benchmarks.field import driver
from benchmarks.field.connections import UnevenWorkersError
from benchmarks.field.driver import Driven
from benchmarks.field.products import NAMES, OURS
from benchmarks.field.serving import THREADS, WORKERS, Served
from benchmarks.field.site import SiteError
from benchmarks.products import UnexpectedAnswerError
from benchmarks.report import spread

CLIENTS = (1, 4, 16)
OPERATIONS = ("plain view", "no-op view", "token check", "client credentials", "refresh")
MOST_OWN_SHARE = 0.5
"""The driver may be in the way where it takes more of a core, …"""
BY_THE_DRIVER = "the driver may be in the way"
MOST_OF_PLAIN = 0.9
"""… or where a figure comes so near to that of a plain view, which does nothing."""


class Part(NamedTuple):
    """What is measured by itself."""

    operation: str
    product: str
    clients: int


@dataclass(frozen=True)
class Row:
    """What a site answered: medians of the rounds, and how many times as many requests ours answers."""

    operation: str
    product: str
    clients: int
    requests_a_second: float
    low: float
    high: float
    median_milliseconds: float
    p99_milliseconds: float
    own_share: float
    statements: int
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None


@dataclass(frozen=True)
class Load:
    """Everything that was seen under load."""

    rounds: int
    seconds: float
    workers: int
    threads: int
    rows: list[Row]

    @property
    def misses(self) -> list[str]:
        return [*self.driver_in_the_way, *(in_words(row) for row in self.slower)]

    @property
    def slower(self) -> list[Row]:
        """Where ours answers fewer requests than a product that asks the database too."""
        return [row for row in self.rows if row.ratio is not None and row.ratio < 1 and row.statements]

    @property
    def driver_in_the_way(self) -> list[str]:
        """Where the driver may have been what limits the figure."""
        plain = {row.clients: row.requests_a_second for row in self.rows if row.operation == "plain view"}
        return [
            f"{row.product}, {row.operation}, {row.clients} clients: {BY_THE_DRIVER}"
            for row in self.rows
            if row.own_share > MOST_OWN_SHARE
            or (
                row.operation != "plain view"
                and row.requests_a_second > MOST_OF_PLAIN * plain.get(row.clients, math.inf)
            )
        ]

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """Yield the report as text."""
        yield (
            f"Load: gunicorn with {self.workers} workers of {self.threads} threads, {self.rounds} rounds of "
            f"{self.seconds:g} s; ratio: how many times as many requests ours answers"
        )
        heads = f"{'clients':>8}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'driver':>8}{'ratio':>8}   10–90 %"
        yield f"  {'':<50}{heads}"
        for row in self.rows:
            ratio = f"{row.ratio:8.2f}   {row.ratio_low:.2f}–{row.ratio_high:.2f}" if row.ratio else ""
            yield (
                f"  {row.operation + ': ' + row.product:<50.50}{row.clients:>8}{row.requests_a_second:>9.0f}"
                f"{row.median_milliseconds:>9.1f}{row.p99_milliseconds:>9.1f}{row.own_share:>8.0%}{ratio}"
            ).rstrip()
        yield from (f"SLOWER UNDER LOAD: {in_words(row)}" for row in self.slower)
        yield from (f"DRIVER: {one}" for one in self.driver_in_the_way)


def in_words(row: Row) -> str:
    """Return a row as part of a sentence."""
    return f"{row.product}, {row.operation}, {row.clients} clients: {row.ratio or 0:.2f}"


def measure(
    sites: list[Served], *, rounds: int, seconds: float, at_most: float, tell: Callable[[int], None]
) -> Load:
    """Put each site under each load in every round, in a new random order."""
    by_name = {one.site.name: one for one in sites}
    parts = [
        Part(operation, name, clients)
        for name, one in by_name.items()
        for operation in OPERATIONS
        if operation in one.site.operations
        for clients in CLIENTS
    ]
    seen: dict[Part, dict[int, Driven]] = defaultdict(dict)
    ends_at = time.monotonic() + at_most
    done = 0
    for number in range(rounds):
        random.shuffle(parts)
        for part in parts:
            try:
                seen[part][number] = _drive(by_name[part.product], part, seconds)
            except (UnexpectedAnswerError, UnevenWorkersError, OSError) as problem:
                raise SiteError(f"{', '.join(map(str, part))} clients: {problem}") from problem
        done = number + 1
        tell(done)
        if time.monotonic() > ends_at:
            break
    counts = {
        (one.site.name, operation): one.site.counts(operation).statements
        for one in sites
        for operation in one.site.operations
        if operation in OPERATIONS
    }
    return Load(done, seconds, WORKERS, THREADS, list(_rows(seen, counts)))


def _drive(served: Served, part: Part, seconds: float) -> Driven:
    if part.operation == "refresh":
        first = served.site.raw_requests(part.operation, part.clients)
        return driver.drive(served.server, first, driver.refreshed, seconds=seconds)
    requests = served.site.raw_requests(part.operation, max(100, part.clients))
    return driver.drive(served.server, requests[: part.clients], driver.in_turn(requests), seconds=seconds)


def _rows(seen: dict[Part, dict[int, Driven]], counts: dict[tuple[str, str], int]) -> Iterator[Row]:
    for operation in OPERATIONS:
        for clients in CLIENTS:
            for name in NAMES:
                part = Part(operation, name, clients)
                if part in seen:
                    ours = seen.get(part._replace(product=OURS), {})
                    yield _row(part, seen[part], ours, counts[name, operation])


def _row(part: Part, found: dict[int, Driven], ours: dict[int, Driven], statements: int) -> Row:
    rates = [one.requests_a_second for one in found.values()]
    ratios = [
        ours[number].requests_a_second / found[number].requests_a_second
        for number in found.keys() & ours.keys()
        if part.product != OURS
    ]
    low, high = spread(rates)
    ratio_low, ratio_high = spread(ratios) if ratios else (None, None)
    return Row(
        *part,
        requests_a_second=median(rates),
        low=low,
        high=high,
        median_milliseconds=median(one.median_milliseconds for one in found.values()),
        p99_milliseconds=median(one.p99_milliseconds for one in found.values()),
        own_share=median(one.own_share for one in found.values()),
        statements=statements,
        ratio=median(ratios) if ratios else None,
        ratio_low=ratio_low,
        ratio_high=ratio_high,
    )
