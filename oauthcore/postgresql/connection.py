"""A connection of psycopg that waits for so many seconds, and a memory of servers that did not answer."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from time import monotonic
from typing import Any

import psycopg

#: After a server did not answer, this process does not connect to it for so many seconds. A request that has
#: waited once does not wait a second time, and queued requests do not wait one after the other.
SECONDS_OF_SILENCE = 2.0


@dataclass
class Patience:
    """How long connections to one database wait, and whether it did not answer a moment ago."""

    seconds: float
    _silent_until: float = 0.0

    def lose(self) -> None:
        """Remember that the database did not answer."""
        self._silent_until = monotonic() + SECONDS_OF_SILENCE

    def check(self) -> None:
        """Raise OperationalError where the database did not answer a moment ago."""
        if monotonic() < self._silent_until:
            raise psycopg.OperationalError("the database did not answer a moment ago")


class Connection(psycopg.Connection[Any]):
    """Closes itself, and raises OperationalError, when the server has sent nothing for too long."""

    patience: Patience | None = None

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        """Wait for the server: psycopg comes here for each statement, commit and rollback."""
        if self.patience is not None:
            gen = self._within(gen, self.patience)
        return super().wait(gen, *args, **kwargs)

    def _within(self, gen: Generator[Any, Any, Any], patience: Patience) -> Generator[Any, Any, Any]:
        """Pass on what psycopg's generator waits for and is told, as long as that goes on.

        It is told "nothing yet" every tenth of a second.
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
        self.pgconn.finish()  # what it may still send is not read
        raise psycopg.OperationalError(f"the database did not answer within {patience.seconds:g} seconds")
