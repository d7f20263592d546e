"""The tables of the field, of the load and of the memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from textwrap import fill

from benchmarks.field.load import BY_THE_DRIVER
from benchmarks.pages.figures import Figures
from benchmarks.pages.tables import (
    AS_DJANGO,
    NOT_MEASURED,
    PREPARED,
    Row,
    between,
    legacy,
    marks,
    ratio,
    table,
    when,
)
from benchmarks.report import OURS, PLAIN, RIVAL

_IN_WORDS = {
    PREPARED: "statements [prepared](docs/performance.md#how-the-targets-are-measured) by PostgreSQL",
    AS_DJANGO: "Django's own options",
}
_BY_THE_DRIVER = f": {BY_THE_DRIVER}"


def products(figures: Figures) -> str:
    """Who takes part, and with which options."""
    part = figures.get("field")
    if part is None:
        return NOT_MEASURED
    rows = [[one["name"], one["version"], one["options"]] for one in part["products"]]
    left_out = (
        f"\n\nLeft out, because it was not installed: {', '.join(part['left_out'])}."
        if part["left_out"]
        else ""
    )
    return table(["product", "version", "options"], rows, words=3) + left_out


def field(figures: Figures) -> str:
    """Every operation of every product."""
    part = figures.get("field")
    if part is None:
        return NOT_MEASURED
    hashes = ", ".join(f"{taken:.0f} ms with {name}" for name, taken in part["hash_milliseconds"].items())
    return "\n\n".join(
        [
            when(part, f"{part['rounds']} rounds."),
            faster(part),
            f"One password hash takes {hashes}. It is in none of these figures.",
            _field_table(part, PREPARED),
            _field_table(part, AS_DJANGO),
        ]
    )


def _field_table(part: Figures, profile: str) -> str:
    rows = [
        [
            row["operation"],
            f"**{row['product']}**" if row["product"] == OURS else row["product"],
            f"{row['microseconds']:.0f}",
            between(row, digits=0),
            ratio(row["ratio"]),
            between(row, "ratio_low", "ratio_high"),
            row["statements"],
            row["hashes"] or "",
        ]
        for row in part["rows"]
        if row["profile"] == profile
    ]
    heads = [f"`{profile}`", "product", "µs", "10–90 %", "ratio", "10–90 %", "SQL", "hashes"]
    return table(heads, rows, words=2)


def faster(part: Figures) -> str:
    """Say where another product is faster, and which ask no database."""
    asking = _faster_rivals(part)
    said = [
        "Another product that asks the database is faster than oauthcore here:\n\n" + _items(asking)
        if asking
        else "No product that asks the database is faster than oauthcore in any row."
    ]
    if stateless := [row for row in _rivals(part) if not row["statements"]]:
        said.append(
            "These ask no database, so they cannot know that a token was revoked, or that a person may no "
            "longer log in:\n\n" + _items(stateless)
        )
    return "\n\n".join(said)


def _rivals(part: Figures) -> list[Row]:
    return [row for row in part["rows"] if row["product"] not in (OURS, PLAIN)]


def _faster_rivals(part: Figures) -> list[Row]:
    """Return where a product that asks the database is faster than ours."""
    return [row for row in _rivals(part) if row["statements"] and (row["ratio"] or 1) < 1]


def _items(rows: list[Row]) -> str:
    return "\n".join(
        f"- {row['product']}, {row['operation']} (`{row['profile']}`): ratio {ratio(row['ratio'])}, "
        f"{between(row, 'ratio_low', 'ratio_high')}"
        for row in rows
    )


def load(figures: Figures) -> str:
    """Requests a second."""
    part = figures.get("load")
    if part is None:
        return NOT_MEASURED
    rows = [
        [
            row["operation"],
            f"**{row['product']}**" if row["product"] == OURS else row["product"],
            row["clients"],
            f"{row['requests_a_second']:.0f}",
            between(row, digits=0),
            f"{row['median_milliseconds']:.1f}",
            f"{row['p99_milliseconds']:.1f}",
            f"{row['own_share']:.0%}",
            ratio(row["ratio"]),
            between(row, "ratio_low", "ratio_high"),
        ]
        for row in part["rows"]
    ]
    heads = ["", "product", "clients", "req/s", "10–90 %", "p50 ms", "p99 ms", "driver", "ratio", "10–90 %"]
    more = (
        f"gunicorn had {part['workers']} workers of {part['threads']} threads. {part['rounds']} rounds of "
        f"{part['seconds']:g} s."
    )
    slower = [row for row in part["rows"] if row["statements"] and (row["ratio"] or 1) < 1]
    said = (
        "Another product that asks the database answers more requests here:\n\n"
        + "\n".join(
            f"- {row['product']}, {row['operation']}, {row['clients']} clients: ratio {ratio(row['ratio'])}"
            for row in slower
        )
        if slower
        else "No other product that asks the database answers more requests in any row."
    )
    if doubtful := [one for one in part["misses"] if one.endswith(_BY_THE_DRIVER)]:
        where = "; ".join(one.removesuffix(_BY_THE_DRIVER) for one in doubtful)
        said += f"\n\nThe driver may have limited: {where}."
    return "\n\n".join([when(part, more), said, table(heads, rows, words=2)])


def memory(figures: Figures) -> str:
    """Memory of a worker."""
    part = figures.get("memory")
    if part is None:
        return NOT_MEASURED
    rows = [[row["product"], f"{row['rss']:.0f}", f"{row['pss']:.0f}"] for row in part["rows"]]
    more = f"The mean of {part['workers']} workers, after {part['requests']} requests of each operation."
    return when(part, more) + "\n\n" + table(["site", "RSS, MiB", "PSS, MiB"], rows)


def in_a_sentence(figures: Figures) -> str:
    """The README's sentences: how much faster than django-oauth-toolkit, and what others are faster at."""
    said = [
        f"{', '.join(found)} ({how})"
        for profile, how in _IN_WORDS.items()
        if (found := _beside_the_rival(figures.get("marks") or {}, profile))
    ]
    if not said:
        return ""
    first = (
        "It is fast. django-oauth-toolkit takes this many times as long, with client secrets that it does "
        f"not hash: {'; '.join(said)}."
    )
    last = "[docs/performance.md](docs/performance.md) has all packages, the spread, and how it is measured."
    sentences = [first, *_slower_at(figures.get("field")), last]
    return fill(" ".join(sentences), 118, break_long_words=False, break_on_hyphens=False)


def _beside_the_rival(part: Figures, profile: str) -> list[str]:
    return [
        f"{one['operation']} {ratio(one['ratio'])}"
        for one in part.get("comparisons", ())
        if one["rival"] == RIVAL and one["profile"] == profile
    ]


def _slower_at(part: Figures | None) -> Iterator[str]:
    """Say which operations another package that asks the database is faster at."""
    if part is None:
        return
    profiles: dict[str, set[str]] = {}
    for row in _faster_rivals(part):
        profiles.setdefault(row["operation"], set()).add(row["profile"])
    slower = [
        f"{operation} (with Django's own options)" if found == {AS_DJANGO} else operation
        for operation, found in profiles.items()
    ]
    yield (
        f"Another package is faster at: {', '.join(slower)}."
        if slower
        else "No package that asks the database is faster at anything."
    )


BLOCKS: dict[str, Callable[[Figures], str]] = {
    "marks": marks,
    "legacy": legacy,
    "products": products,
    "field": field,
    "load": load,
    "memory": memory,
    "sentence": in_a_sentence,
}
"""What a page may hold between ``<!-- figures: NAME -->`` and ``<!-- end of figures -->``."""
