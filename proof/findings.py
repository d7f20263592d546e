"""What a run returns: numbers, what was wrong, and what the audit found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Findings:
    """The outcome of one run. It has passed if nothing was wrong and the audit found nothing."""

    numbers: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    audit: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def has_passed(self) -> bool:
        """Whether nothing was found."""
        return not self.faults and not self.audit

    def count(self, name: str, more: int = 1) -> None:
        """Add to a number."""
        self.numbers[name] = self.numbers.get(name, 0) + more

    def expect(self, holds: bool, fault: str) -> bool:
        """Note a fault unless something holds; return whether it does."""
        if not holds:
            self.faults.append(fault)
        return holds

    def expect_half(self, what: str, *, of: str) -> None:
        """Note a fault unless a number is half of another one at least: fewer would prove nothing."""
        count, every = self.numbers.get(what, 0), self.numbers.get(of, 0)
        self.expect(every <= 2 * count, f"{what}: {count} of {every}: that proves nothing")
