"""The plots, as SVG: which there are, what they show in words, and their drawing.

matplotlib is imported only where something is drawn. A plot brings its own background, and has dark colours
where the reader's system asks for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.pages.figures import FOLDER, Figures, digest
from benchmarks.pages.tables import PREPARED, Row, ratio
from benchmarks.report import OURS, RIVAL, read


@dataclass(frozen=True)
class Plot:
    """A plot of one part; ``rows`` picks what is shown, and ``draw`` draws it."""

    name: str
    part: str
    title: str
    rows: Callable[[Figures], list[Row]]
    says: Callable[[list[Row]], str]
    draw: str

    def shown(self, figures: Figures) -> list[Row]:
        return self.rows(figures[self.part]) if self.part in figures else []

    def alt(self, figures: Figures) -> str:
        """Say what is to be seen, for those who do not see it."""
        return f"{self.title}. {self.says(self.shown(figures))}"

    def stamp(self, figures: Figures) -> str:
        """Return the comment by which a plot says from which figures it was drawn."""
        return f"<!-- drawn from figures {digest([self.title, self.shown(figures)])} -->"

    def markdown(self, figures: Figures) -> str:
        return f"![{self.alt(figures)}](performance/{self.name}.svg)"


def _marks(part: Figures) -> list[Row]:
    found = (one for one in read(part).comparisons if one.rival == RIVAL)
    return [{**asdict(one), "target": one.target} for one in found]


def _of(*operations: str) -> Callable[[Figures], list[Row]]:
    return lambda part: [
        row for row in part["rows"] if row["profile"] == PREPARED and row["operation"] in operations
    ]


def _every(part: Figures) -> list[Row]:
    rows: list[Row] = part["rows"]
    return rows


def _say_ratios(rows: list[Row]) -> str:
    return "; ".join(f"{row['operation']}, {row['profile']}: {ratio(row['ratio'])}" for row in rows) + "."


def _say_microseconds(rows: list[Row]) -> str:
    return _by_operation(rows, lambda row: f"{row['product']} {row['microseconds']:.0f}")


def _say_requests(rows: list[Row]) -> str:
    most = max((row["clients"] for row in rows), default=0)
    told = [row for row in rows if row["clients"] == most]
    return f"With {most} clients: " + _by_operation(
        told, lambda row: f"{row['product']} {row['requests_a_second']:.0f}"
    )


def _say_memory(rows: list[Row]) -> str:
    return "; ".join(f"{row['product']} {row['pss']:.0f}" for row in rows) + "."


def _by_operation(rows: list[Row], say: Callable[[Row], str]) -> str:
    operations = dict.fromkeys(row["operation"] for row in rows)
    return " ".join(
        f"{name}: {', '.join(say(row) for row in rows if row['operation'] == name)}." for name in operations
    )


PLOTS = (
    Plot(
        "marks",
        "marks",
        "How many times as long django-oauth-toolkit takes (more is better for oauthcore)",
        _marks,
        _say_ratios,
        "ratios",
    ),
    Plot(
        "field-checks",
        "field",
        "Microseconds of a check of a token (less is better)",
        _of("token check", "service token check"),
        _say_microseconds,
        "bars",
    ),
    Plot(
        "field-oauth",
        "field",
        "Microseconds of the endpoints of OAuth (less is better)",
        _of("client credentials", "code", "refresh", "introspection", "revoke"),
        _say_microseconds,
        "bars",
    ),
    Plot(
        "field-people",
        "field",
        "Microseconds of signing in with a password, without the hash (less is better)",
        _of("sign-in", "session refresh", "sign-out"),
        _say_microseconds,
        "bars",
    ),
    Plot(
        "load",
        "load",
        "Requests a second behind gunicorn, by the number of clients (more is better)",
        _every,
        _say_requests,
        "lines",
    ),
    Plot(
        "memory", "memory", "Memory of a worker, PSS in MiB (less is better)", _every, _say_memory, "memory"
    ),
)


def of_part(name: str, figures: Figures) -> str:
    """Return the plots of a part as Markdown; nothing where it has not been measured."""
    return "\n\n".join(plot.markdown(figures) for plot in PLOTS if plot.part == name and plot.shown(figures))


def draw_all(figures: Figures) -> None:
    """Draw every plot whose part has been measured, and remove the others."""
    from benchmarks.pages import drawing

    for plot in PLOTS:
        path = FOLDER / f"{plot.name}.svg"
        if not (rows := plot.shown(figures)):
            path.unlink(missing_ok=True)
            continue
        draw: Callable[[str, list[Row]], Any] = getattr(drawing, plot.draw)
        path.write_text(
            drawing.as_svg(draw(plot.title, rows), alt=plot.alt(figures), stamp=plot.stamp(figures))
        )


__all__ = ["OURS", "PLOTS", "Plot", "draw_all", "of_part"]
