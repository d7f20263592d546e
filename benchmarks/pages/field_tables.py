"""The tables of the field, of the load and of the memory."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.field.load import BY_THE_DRIVER
from benchmarks.pages.figures import Figures
from benchmarks.pages.tables import (
    AS_DJANGO,
    NOT_MEASURED,
    PREPARED,
    Row,
    between,
    in_a_sentence,
    legacy,
    marks,
    ratio,
    table,
    when,
)
from benchmarks.report import OURS, PLAIN

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
    rivals = [row for row in part["rows"] if row["product"] not in (OURS, PLAIN)]
    asking = [row for row in rivals if row["statements"] and row["ratio"] is not None and row["ratio"] < 1]
    said = [
        "Another product that asks the database is faster than oauthcore here:\n\n" + _items(asking)
        if asking
        else "No product that asks the database is faster than oauthcore in any row."
    ]
    if stateless := [row for row in rivals if not row["statements"]]:
        said.append(
            "These ask no database, so they cannot know that a token was revoked, or that a person may no "
            "longer log in:\n\n" + _items(stateless)
        )
    return "\n\n".join(said)


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
        f"{part['seconds']:g} seconds."
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
