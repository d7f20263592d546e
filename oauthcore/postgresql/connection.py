"""A psycopg connection with a time limit for answers. It remembers databases that did not answer."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from time import monotonic
from typing import Any

import psycopg

#: After a server did not answer, this process does not connect to it for this many seconds. So no request
#: waits twice, and queued requests do not wait one after the other.
SECONDS_OF_SILENCE = 2.0


@dataclass
class Patience:
    """The time limit for one database, and whether that limit was reached a moment ago."""

    seconds: float
    _silent_until: float = 0.0

    def lose(self) -> None:
        """Remember that the database did not answer."""
        self._silent_until = monotonic() + SECONDS_OF_SILENCE

    def check(self) -> None:
        """Raise OperationalError if the database did not answer a moment ago."""
        if monotonic() < self._silent_until:
            raise psycopg.OperationalError("the database did not answer a moment ago")


class Connection(psycopg.Connection[Any]):
    """It closes itself and raises OperationalError when the server sends nothing within the time limit."""

    patience: Patience | None = None

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        """Wait for the server. psycopg calls this for each statement, commit and rollback."""
        if self.patience is not None:
            gen = self._within(gen, self.patience)
        return super().wait(gen, *args, **kwargs)

    def _within(self, gen: Generator[Any, Any, Any], patience: Patience) -> Generator[Any, Any, Any]:
        """Pass the events between psycopg's generator and its caller, until the time limit.

        The generator is told "nothing yet" every tenth of a second.
        """
        gives_up_at = monotonic() + patience.seconds
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready:
                    gives_up_at = monotonic() + patience.seconds
                elif monotonic() >= gives_up_at:
                    self._give_up(patience)
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value

    def _give_up(self, patience: Patience) -> None:
        patience.lose()
        self.pgconn.finish()  # an answer that comes later is not read
        raise psycopg.OperationalError(f"the database did not answer within {patience.seconds:g} seconds")
