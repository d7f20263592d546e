"""One run of the field: every operation of every product in every round, in a new random order."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks import database
from benchmarks.database import PROFILES
from benchmarks.field import report
from benchmarks.field.products import ENTRANTS, Entrant
from benchmarks.field.site import Site, running
from benchmarks.measure import Key, Timings


@dataclass(frozen=True)
class Part:
    """An operation of a site, and how the database is asked."""

    site: Site
    operation: str
    profile: str

    @property
    def key(self) -> Key:
        return Key(self.operation, self.site.name, self.profile)


@contextmanager
def sites(server_url: str, names: Collection[str]) -> Iterator[list[Site]]:
    """Start the sites of these products, each on a database of its own, and wait until all have begun."""
    with ExitStack() as stack:
        started = [stack.enter_context(_on_its_database(server_url, one)) for one in taking_part(names)]
        for site in started:  # one at a time: they would only get in each other's way
            site.begin()
            site.has_begun()
        yield started


@contextmanager
def _on_its_database(server_url: str, entrant: Entrant) -> Iterator[Site]:
    number = ENTRANTS.index(entrant)
    with (
        database.fresh_database(server_url, f"_{number}") as database_url,
        running(entrant, database_url) as site,
    ):
        yield site


def taking_part(names: Collection[str]) -> list[Entrant]:
    """Return the products of these names whose packages are installed."""
    return [one for one in ENTRANTS if one.name in names and one.is_installed]


def compare(
    started: list[Site], *, rounds: int, calls: int, seconds: float, tell: Callable[[int], None]
) -> report.Field:
    """Measure everything that the sites have; report."""
    parts = [
        Part(site, operation, profile.name)
        for site in started
        for operation in site.operations
        for profile in PROFILES
    ]
    counts = {
        (operation, site.name): site.counts(operation) for site in started for operation in site.operations
    }
    timings: Timings = defaultdict(dict)
    ends_at = time.monotonic() + seconds
    done = 0
    for number in range(rounds):
        random.shuffle(parts)
        for part in parts:
            timings[part.key][number] = part.site.measure(part.operation, part.profile, calls)
        done = number + 1
        tell(done)
        if time.monotonic() > ends_at:
            break
    hashes = started[0].hash_times()
    names = [site.name for site in started]
    return report.build(timings, counts, hashes, names=names, rounds=done)
