"""Work after an answer was sent, on a thread of its own: one at a time in each process.

It is best effort: work that is not done when the process ends is left to a management command. In a test run
no thread starts, because a test keeps its transaction open.
"""

from __future__ import annotations

import logging
import os
import threading

from django.db import connections

logger = logging.getLogger("oauthcore")


class AfterAnswers:
    """Does its work when ``due`` is set, after the answer of the request that set it."""

    #: The name of the thread, and what the log says if the work breaks.
    name, broken = "oauthcore", "work after an answer broke"

    def __init__(self, due: threading.Event) -> None:
        self._due = due
        self.start_anew()
        os.register_at_fork(after_in_child=self.start_anew)

    def start_anew(self) -> None:
        """Reset it in a forked process, which does not have the thread."""
        self._is_running = threading.Lock()

    def notice(self) -> None:
        """Start the thread if there is work and it is not running."""
        if not self._due.is_set() or not self._is_running.acquire(blocking=False):
            return
        try:
            threading.Thread(target=self._run, name=self.name, daemon=True).start()
        except RuntimeError:  # the machine has no thread left: the next answer tries again
            self._is_running.release()
            logger.exception(self.broken)

    def work(self) -> None:
        """Do the work that is due now."""
        raise NotImplementedError

    def _run(self) -> None:
        try:
            while self._due.is_set():
                self._due.clear()
                self.work()
        except Exception:  # the next work starts a new thread
            logger.exception(self.broken)
        finally:
            connections.close_all()
            self._is_running.release()
