"""Drawing with matplotlib."""

from __future__ import annotations

import re
from html import escape
from io import StringIO
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.pages.tables import PREPARED, Row
from benchmarks.report import OURS

PAPER, INK, QUIET, LINE = "#ffffff", "#1f2328", "#59636e", "#d0d7de"
BLUE, GREY, ORANGE = "#0969da", "#8b949e", "#bc4c00"
IN_THE_DARK = {
    PAPER: "#0d1117",
    INK: "#e6edf3",
    QUIET: "#9da7b1",
    LINE: "#30363d",
    BLUE: "#4493f8",
    GREY: "#7d8590",
    ORANGE: "#f0883e",
}
MARKERS = "oosD^v<>Pph"
WIDTH = 9.0

mpl.use("svg")
mpl.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "oauthcore",
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],
        "font.size": 9,
        "axes.edgecolor": LINE,
        "axes.labelcolor": QUIET,
        "axes.facecolor": PAPER,
        "figure.facecolor": PAPER,
        "text.color": INK,
        "xtick.color": QUIET,
        "ytick.color": INK,
        "grid.color": LINE,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
    }
)


def as_svg(figure: Figure, *, alt: str, stamp: str) -> str:
    """Return a figure as SVG, with its words and with colours for the dark."""
    out = StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = re.sub(r"(?s)^.*?(?=<svg )", "", out.getvalue())
    text = text.replace("DejaVu Sans", "system-ui, sans-serif").replace(
        "'system-ui, sans-serif'", "system-ui, sans-serif"
    )
    rules = "".join(
        f'[style*="{kind}: {light}"]{{{kind}:{dark} !important}}'
        for light, dark in IN_THE_DARK.items()
        for kind in ("fill", "stroke")
    )
    words = f"<title>{escape(alt)}</title><style>@media (prefers-color-scheme: dark){{{rules}}}</style>"
    text = re.sub(r"(<svg [^>]*)>", rf'\1 role="img">\n{stamp}\n' + words.replace("\\", r"\\"), text, count=1)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def ratios(title: str, rows: list[Row]) -> Figure:
    """Draw ratios with their spread, the prepared ones beside those with Django's own options."""
    operations = list(dict.fromkeys(row["operation"] for row in rows))
    figure, (axes,) = _panels(title, [len(operations) * 2])
    for row in rows:
        is_judged = row["profile"] == PREPARED
        y = -operations.index(row["operation"]) + (0.16 if is_judged else -0.16)
        colour = BLUE if is_judged else GREY
        spread = [[row["ratio"] - row["low"]], [row["high"] - row["ratio"]]]
        axes.errorbar(row["ratio"], y, xerr=spread, fmt="o", color=colour, capsize=3)
        axes.annotate(
            f"{row['ratio']:.2f}", (row["high"], y), (6, -3), textcoords="offset points", color=QUIET
        )
        if row["target"]:
            axes.plot([row["target"]] * 2, [y - 0.16, y + 0.16], color=ORANGE, linewidth=2)
    axes.set_yticks([-index for index in range(len(operations))], operations)
    axes.set_xlim(left=0)
    axes.grid(axis="x")
    axes.set_xlabel("blue: prepared statements; grey: Django's own options; orange: target; lines: 10–90 %")
    return figure


def bars(title: str, rows: list[Row]) -> Figure:
    """Draw a panel for each operation, in which each product has a bar."""
    operations = list(dict.fromkeys(row["operation"] for row in rows))
    groups = [[row for row in rows if row["operation"] == name] for name in operations]
    figure, panels = _panels(title, [len(group) for group in groups])
    for axes, name, group in zip(panels, operations, groups, strict=True):
        _bars(axes, group, "microseconds", ("low", "high"))
        axes.set_title(name, loc="left", fontsize=9, color=INK)
    panels[-1].set_xlabel("µs; lines: 10–90 %; * asks no database")
    return figure


def memory(title: str, rows: list[Row]) -> Figure:
    """Draw a bar for each site."""
    figure, (axes,) = _panels(title, [len(rows)])
    _bars(axes, rows, "pss", None)
    axes.set_xlabel("MiB")
    return figure


def _bars(axes: Any, rows: list[Row], member: str, spread: tuple[str, str] | None) -> None:
    rows = sorted(rows, key=lambda row: -row[member])
    names = [f"{row['product']}{'' if row.get('statements', 1) else ' *'}" for row in rows]
    values = [row[member] for row in rows]
    low, high = spread or (member, member)
    around = [[row[member] - row[low] for row in rows], [row[high] - row[member] for row in rows]]
    colours = [BLUE if row["product"] == OURS else GREY for row in rows]
    axes.barh(names, values, xerr=around if spread else None, color=colours, ecolor=INK, height=0.6)
    for index, row in enumerate(rows):
        axes.annotate(
            f"{row[member]:.0f}", (row[high], index), (5, -3), textcoords="offset points", color=QUIET
        )
    axes.set_xlim(0, max(row[high] for row in rows) * 1.1)
    axes.grid(axis="x")


def lines(title: str, rows: list[Row]) -> Figure:
    """Draw a panel for each operation: requests a second over the number of clients."""
    operations = list(dict.fromkeys(row["operation"] for row in rows))
    figure, panels = _panels(title, [6] * len(operations))
    for axes, operation in zip(panels, operations, strict=True):
        products = list(dict.fromkeys(row["product"] for row in rows if row["operation"] == operation))
        for product, marker in zip(products, MARKERS, strict=False):
            of_it = [row for row in rows if row["operation"] == operation and row["product"] == product]
            colour = BLUE if product == OURS else GREY
            axes.plot(
                [str(row["clients"]) for row in of_it],
                [row["requests_a_second"] for row in of_it],
                marker=marker,
                color=colour,
                label=product,
            )
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
        axes.set_ylim(bottom=0)
        axes.grid(axis="y")
        axes.set_title(operation, loc="left", fontsize=9, color=INK)
    panels[-1].set_xlabel("clients")
    return figure


def _panels(title: str, sizes: list[int]) -> tuple[Figure, list[Any]]:
    """Return a figure with a panel for each size, one below the other."""
    figure = Figure(figsize=(WIDTH, 0.9 + sum(0.27 * size + 0.5 for size in sizes)), layout="constrained")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, color=INK)
    panels = figure.subplots(len(sizes), 1, squeeze=False, height_ratios=[size + 1 for size in sizes])
    return figure, [row[0] for row in panels]
