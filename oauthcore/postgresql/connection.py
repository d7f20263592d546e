"""A psycopg connection with a time limit for answers. It remembers databases that did not answer.

It also takes a commit that no standby has confirmed for what it is: not known to be kept.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Generator
from functools import partial
from time import monotonic
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from oauthcore.postgresql.patience import CommitsWait, Patience

#: The function of PostgreSQL in which a commit waits for a synchronous standby.
_WAITS_FOR_STANDBY = "SyncRepWaitForLSN"
_REFUSED = "the database left a commit without an answer a moment ago"

#: What a statement that changes rows has in it. ``FOR UPDATE`` locks rows, and changes none.
_CHANGES = re.compile(r"\b(INSERT|DELETE|MERGE|(?<!FOR )(?<!KEY )UPDATE)\b", re.IGNORECASE)
#: Whether the end of this transaction would wait: it has changed something, and standbys are to confirm it.
_WOULD_WAIT = """
    SELECT txid_current_if_assigned() IS NOT NULL
        AND current_setting('synchronous_commit') NOT IN ('off', 'local')
"""


class Connection(psycopg.Connection[Any]):
    """It closes itself and raises OperationalError when the server sends nothing within the time limit.

    A commit may wait for a synchronous standby. If somebody cancels that wait, PostgreSQL reports success
    with a warning: the transaction is committed here, and a failover may lose it. That is an OperationalError
    too.
    """

    patience: Patience | None = None
    _is_committing = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unconfirmed: list[str] = []
        self.add_notice_handler(partial(_note_unconfirmed, self._unconfirmed))

    def commit(self) -> None:
        """Commit. A server that lets it wait may be alive, and wait for a standby that is lost.

        While commits wait, another one is not begun. Raises CommitsWait.
        """
        if self.patience is not None and self.patience.commits_wait and self._would_wait():
            raise CommitsWait(_REFUSED)
        self._is_committing = True
        try:
            super().commit()
        finally:
            self._is_committing = False

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        """Wait for the server. psycopg calls this for each statement, commit and rollback."""
        if self.patience is not None:
            if self.patience.commits_wait and self._changes_alone(gen):
                gen.close()
                raise CommitsWait(_REFUSED)
            gen = self._within(gen, self.patience)
        answer = super().wait(gen, *args, **kwargs)
        if self._unconfirmed:
            self._unconfirmed.clear()
            raise psycopg.OperationalError("no standby has confirmed the commit")
        return answer

    def _would_wait(self) -> bool:
        if self.pgconn.transaction_status != TransactionStatus.INTRANS:
            return False
        return bool(self.execute(_WOULD_WAIT).fetchone()[0])  # type: ignore[index]

    def _changes_alone(self, gen: Generator[Any, Any, Any]) -> bool:
        """Return whether psycopg is about to send a statement that changes rows, outside of a transaction.

        psycopg names it in its generator only. If that changes, the statement waits for its answer as usual.
        """
        if not self.autocommit or self.pgconn.transaction_status != TransactionStatus.IDLE:
            return False
        query = inspect.getgeneratorlocals(gen).get("query")
        return isinstance(query, str) and _CHANGES.search(query) is not None

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
        patience.end(is_committing=self._is_committing)
        self.pgconn.finish()  # an answer that comes later is not read
        raise psycopg.OperationalError(f"the database did not answer within {patience.seconds:g} seconds")


def _note_unconfirmed(noted: list[str], diagnosis: psycopg.errors.Diagnostic) -> None:
    if diagnosis.source_function == _WAITS_FOR_STANDBY:  # the text is in the language of the server
        noted.append(str(diagnosis.message_primary))
