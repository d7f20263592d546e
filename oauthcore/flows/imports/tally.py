"""What happened to the rows of one batch, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

#: How many damaged rows a report names.
MOST_DAMAGE = 20
#: Why a token is left, at every source.
EXPIRED = "it has expired"


@dataclass
class Tally:
    """What happened to the rows of a batch."""

    taken: int = 0
    #: What was here already: an earlier run took it.
    known: int = 0
    left: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    damaged: list[str] = field(default_factory=list)
    #: When the last token of the batch ends, and whether it has one that never ends.
    ends_at: datetime | None = None
    never_ends: bool = False

    def leave(self, reason: str) -> None:
        """Count a row that is not taken."""
        self.left[reason] += 1

    def note(self, reason: str) -> None:
        """Count a row of which something is not taken."""
        self.notes[reason] += 1

    def damage(self, row: str, reason: str) -> None:
        """Report a row that cannot be what the package wrote."""
        if len(self.damaged) < MOST_DAMAGE:
            self.damaged.append(f"{row}: {reason}")

    def end(self, at: datetime | None) -> None:
        """Note when a token that was written ends; None is never."""
        if at is None:
            self.never_ends = True
        elif self.ends_at is None or at > self.ends_at:
            self.ends_at = at
