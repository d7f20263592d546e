"""One statement of the audit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """Returns a row with one text for each violation. ``invariant`` is its number in ``docs/proof.md``."""

    invariant: str
    name: str
    words: str
    sql: str
