"""What a process knows of one PostgreSQL: whether it answers, and whether commits wait for a lost standby."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg

from oauthcore.silence import Silence

logger = logging.getLogger("oauthcore")

#: Commits of this role that have waited long for a synchronous standby; while it is well, each waits for some
#: milliseconds. A role sees what its own sessions wait for.
_COMMITS_WAIT = b"""
    SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename = current_user
    AND clock_timestamp() - query_start > interval '400 milliseconds'
"""
_SECONDS_BETWEEN_LOOKS = 0.25

Connect = Callable[[], psycopg.Connection[Any]]


class CommitsWait(psycopg.OperationalError):
    """The server has left a commit without an answer, so this one was not begun. Nothing was changed."""

    sqlstate = "55000"  # object_not_in_prerequisite_state: the server was not asked, so it says none


class Patience:
    """The time limit for one database, and what reaching it has shown. The threads of a process share it."""

    def __init__(self, seconds: float, connect: Connect | None = None) -> None:
        self.seconds = seconds
        self.silence = Silence()
        #: Whether a commit would get no answer, as far as is known. No other one is begun meanwhile.
        self.commits_wait = False
        self._connect = connect
        self.start_anew()

    def check(self) -> None:
        """Raise OperationalError if the database did not answer a moment ago."""
        if self.silence.lasts():
            raise psycopg.OperationalError("the database did not answer a moment ago")

    def end(self, *, is_committing: bool) -> None:
        """Note that a statement got no answer within the limit.

        The server is not asked for two seconds, unless a new connection is answered meanwhile. A commit may
        wait at a server that is well.
        """
        if not is_committing and not self._is_answered:
            self.silence.begin()
        if self._connect is not None and self._is_looking.acquire(blocking=False):
            self.commits_wait = True
            name = "oauthcore-patience"
            try:
                threading.Thread(target=self._look, args=(self._connect,), name=name, daemon=True).start()
            except RuntimeError:  # no thread is left, or the process ends
                self._stop_looking()

    def start_anew(self) -> None:
        """Reset it in a forked process, which does not have the thread that asks."""
        self._is_looking = threading.Lock()
        self._is_answered = self.commits_wait = False

    def _look(self, connect: Connect) -> None:
        """Ask the server, on a connection of its own, until no commit waits."""
        try:
            with closing(connect()) as connection:
                while self._must_look_again(connection):
                    time.sleep(_SECONDS_BETWEEN_LOOKS)
        except psycopg.Error as error:
            logger.warning("the database does not answer (%s)", type(error).__name__)
        finally:
            self._stop_looking()

    def _must_look_again(self, connection: psycopg.Connection[Any]) -> bool:
        self.commits_wait = connection.execute(_COMMITS_WAIT).fetchone() == (True,)
        self.silence.end()
        if self.commits_wait and not self._is_answered:
            logger.error(
                "commits wait for a standby of PostgreSQL that is lost: writes are refused meanwhile"
            )
        self._is_answered = True
        return self.commits_wait

    def _stop_looking(self) -> None:
        self._is_answered = self.commits_wait = False
        self._is_looking.release()
