"""What the field's run has found: times, ratios within a round, and where another product is faster."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from statistics import median

from benchmarks.database import PREPARED, PROFILES
from benchmarks.field.products import ENTRANTS, NAMES, OPERATIONS, OURS, PLAIN
from benchmarks.field.site import Counts
from benchmarks.measure import Key, Timings
from benchmarks.report import spread


@dataclass(frozen=True)
class Row:
    """An operation of a product: microseconds, and how many times as long as ours (None: we have none)."""

    operation: str
    product: str
    profile: str
    microseconds: float
    low: float
    high: float
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    statements: int
    hashes: int

    @property
    def is_rival(self) -> bool:
        return self.product not in (OURS, PLAIN)

    @property
    def is_faster_than_ours(self) -> bool:
        return self.is_rival and self.ratio is not None and self.ratio < 1


@dataclass(frozen=True)
class Product:
    """A product as it took part."""

    name: str
    version: str
    options: str


@dataclass(frozen=True)
class Field:
    """Everything one run has found."""

    rounds: int
    products: list[Product]
    left_out: list[str]
    hash_milliseconds: dict[str, float]
    rows: list[Row]

    @property
    def faster(self) -> list[Row]:
        """The rows of products that ask the database and are faster than ours."""
        return [row for row in self.rows if row.is_faster_than_ours and row.statements]

    @property
    def without_database(self) -> list[Row]:
        """The rows of products that ask no database."""
        return [row for row in self.rows if row.is_rival and not row.statements]

    @property
    def misses(self) -> list[str]:
        """What was not reached, in words: a row where a product that asks the database is faster."""
        return [in_words(row) for row in self.faster]

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    def lines(self) -> Iterator[str]:
        """Yield the report as text."""
        yield f"The field: {self.rounds} rounds; medians over the rounds; ratio: theirs to ours"
        for profile in PROFILES:
            yield ""
            title = f"database options: {profile.name}"
            yield f"{title:<56}{'µs':>9}{'ratio':>8}   {'10–90 %':<14}SQL  hashes"
            for row in self.rows:
                if row.profile == profile.name:
                    yield _line(row)
        yield ""
        for name, taken in self.hash_milliseconds.items():
            yield f"one password hash ({name}), in no figure above: {taken:.0f} ms"
        yield from conclusions(self)


def conclusions(field: Field) -> Iterator[str]:
    """Yield where others are faster, who asks no database, and who was left out."""
    if field.faster:
        yield "FASTER THAN OURS: " + "; ".join(in_words(row) for row in field.faster)
    else:
        yield "No product that asks the database is faster than ours in any row."
    judged = [row for row in field.without_database if row.profile == PREPARED.name]
    if judged:
        yield "Asks no database: " + "; ".join(in_words(row) for row in judged)
    if field.left_out:
        yield "Left out, because it is not installed: " + ", ".join(field.left_out)


def in_words(row: Row) -> str:
    """Return a row as part of a sentence."""
    return f"{row.product}, {row.operation} ({row.profile}): {row.ratio or 0:.2f}"


def _line(row: Row) -> str:
    ratio = f"{row.ratio:8.2f}" if row.ratio is not None else f"{'':8}"
    between = f"{row.ratio_low:.2f}–{row.ratio_high:.2f}" if row.ratio is not None else ""
    title = f"{row.operation}: {row.product}"
    return (
        f"  {title:<54.54}{row.microseconds:>9.0f}{ratio}   {between:<14}{row.statements:>3}{row.hashes:>5}"
    )


def build(
    timings: Timings,
    counts: Mapping[tuple[str, str], Counts],
    hashes: dict[str, float],
    *,
    names: list[str],
    rounds: int,
) -> Field:
    """Put a run's times into ratios."""
    return Field(
        rounds=rounds,
        products=[Product(one.name, one.version, one.options) for one in ENTRANTS if one.name in names],
        left_out=[one.name for one in ENTRANTS if not one.is_installed],
        hash_milliseconds=hashes,
        rows=list(_rows(timings, counts)),
    )


def _rows(timings: Timings, counts: Mapping[tuple[str, str], Counts]) -> Iterator[Row]:
    for profile in PROFILES:
        for operation in OPERATIONS:
            for name in NAMES:
                key = Key(operation, name, profile.name)
                if key in timings:
                    yield _row(timings, key, counts[operation, name])


def _row(timings: Timings, key: Key, counts: Counts) -> Row:
    times = timings[key]
    ours = timings.get(key._replace(product=OURS), {})
    ratios = [times[number] / ours[number] for number in times.keys() & ours.keys()]
    is_compared = key.product != OURS and ratios
    low, high = spread(list(times.values()))
    ratio_low, ratio_high = spread(ratios) if is_compared else (None, None)
    return Row(
        operation=key.operation,
        product=key.product,
        profile=key.profile,
        microseconds=median(times.values()),
        low=low,
        high=high,
        ratio=median(ratios) if is_compared else None,
        ratio_low=ratio_low,
        ratio_high=ratio_high,
        statements=counts.statements,
        hashes=counts.hashes,
    )
