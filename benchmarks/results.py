"""Everything that one run has found, part by part."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks import database, machine
from benchmarks.field.load import Load
from benchmarks.field.memory import Memory
from benchmarks.field.report import Field
from benchmarks.report import Report

PARTS = ("marks", "field", "load", "memory")
"""What a run consists of."""


@dataclass
class Results:
    """The parts that were measured; the others are None."""

    date: str
    machine: str
    #: The load of the machine before anything was measured.
    load_before: float
    marks: Report | None = None
    field: Field | None = None
    load: Load | None = None
    memory: Memory | None = None

    @classmethod
    def begin(cls, server_url: str, *, load_before: float) -> Results:
        """Return what is known before anything is measured."""
        today = dt.datetime.now(dt.UTC).date().isoformat()
        return cls(today, machine.describe(database.version_of(server_url)), load_before)

    @property
    def parts(self) -> Iterator[tuple[str, Report | Field | Load | Memory]]:
        for name in PARTS:
            if (part := getattr(self, name)) is not None:
                yield name, part

    @property
    def misses(self) -> list[str]:
        """What was not reached, in words."""
        return [miss for _, part in self.parts for miss in part.misses]

    def as_json(self) -> dict[str, object]:
        """Return what was measured as ``docs/performance/figures.json`` holds it."""
        on = {
            "date": self.date,
            "machine": self.machine,
            "load_before": self.load_before,
            "is_busy": machine.is_busy(self.load_before),
        }
        parts = {name: {**on, **part.as_json(), "misses": part.misses} for name, part in self.parts}
        copied: dict[str, object] = json.loads(json.dumps(parts))
        return copied

    def as_text(self) -> str:
        said = [self.machine]
        if machine.is_busy(self.load_before):
            said.append(
                f"BUSY: the load was {self.load_before:.1f} before it began; run it on a quiet machine"
            )
        return "\n\n".join([*said, *("\n".join(part.lines()) for _, part in self.parts)])
