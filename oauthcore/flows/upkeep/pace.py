"""How many rows one transaction of the clean-up removes."""

from __future__ import annotations

#: A transaction holds its locks for about so many seconds at most, and one that is shorter wastes statements.
LONGEST, _SHORTEST = 0.25, 0.1
#: The number of rows at first, and when the database is slow.
_FIRST, _LEAST = 1000, 50


class Pace:
    """Finds the number of rows that a transaction removes in a fraction of a second, up to ``most``."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.rows = min(most, _FIRST)

    def note(self, seconds: float) -> None:
        """Note how long a transaction took."""
        if seconds > LONGEST:
            self.rows = max(self.rows // 2, min(self._most, _LEAST))
        elif seconds < _SHORTEST:
            self.rows = min(self.rows * 2, self._most)
