"""A server that did not answer a moment ago is not asked again for two seconds.

So no request waits twice for it, and waiting requests do not wait one after the other. A server that refuses
a connection answers at once, and is not meant.
"""

from __future__ import annotations

from time import monotonic

SECONDS_OF_SILENCE = 2.0


class Silence:
    """Whether one server, as this process knows it, did not answer a moment ago. Threads share it."""

    def __init__(self) -> None:
        self._ends_at = 0.0

    def begin(self) -> None:
        """Remember that the server did not answer."""
        self._ends_at = monotonic() + SECONDS_OF_SILENCE

    def end(self) -> None:
        """Forget it: the server has answered."""
        self._ends_at = 0.0

    def lasts(self) -> bool:
        """Return whether the server is not to be asked yet."""
        return monotonic() < self._ends_at
