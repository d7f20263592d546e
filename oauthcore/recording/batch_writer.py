"""Writing the counts in memory: a thread writes them when they are due and when the process ends.

The thread starts after the first request of a process. It opens a connection to write, and closes it
afterwards. So no request waits for a slow database, and no connection stays open.

A process ends in one of these ways:

- Its interpreter exits, as in a worker of gunicorn: ``atexit``.
- An ASGI server tells the application so: ``oauthcore.asgi.RequestLimits`` hears ``lifespan.shutdown``.
  uvicorn kills itself with the signal that it was sent, so that its interpreter never exits.
- SIGTERM kills it, because the server program leaves the signal alone, as ``runserver --noreload`` does:
  our handler writes, and then lets the signal take effect.
- SIGKILL: counts that were not written are lost.

In a test run no thread starts, and nothing is written when it ends, because the test database must stay as
it is.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import math
import os
import signal
import threading
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any

from django.core import mail
from django.db import connections

from oauthcore.models.database import primary_connection
from oauthcore.recording.batches import Batch, FirstCounted

logger = logging.getLogger("oauthcore")

#: How many seconds an ending process waits at most for its last counts to be written.
SECONDS_TO_END = 5.0


class Writer:
    """Writes the batches of one process."""

    def __init__(self, batches: Sequence[Batch]) -> None:
        self._batches = batches
        self._begin()
        os.register_at_fork(after_in_child=self._start_anew)
        atexit.register(self.end)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._wakes_at = math.inf
        self._is_ending = False
        self._thread: threading.Thread | None = None

    def _start_anew(self) -> None:
        """Reset it in a forked process: the threads and the counts belong to the parent."""
        self._begin()
        for batch in self._batches:
            batch.start_anew()

    def notice(self) -> None:
        """Wake the thread in time for the counts that have been added."""
        if not FirstCounted.is_new:  # what is due, and when, is as it was
            return
        FirstCounted.is_new = False  # before it is asked what is due: a count that is added now is new again
        due_at = self._due_at()
        if due_at == math.inf:
            return
        if self._thread is None:
            self._start()
        elif due_at < self._wakes_at:
            self._wake.set()

    def end(self) -> None:
        """Write all counts and stop. It may be called more than once."""
        self._is_ending = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(SECONDS_TO_END)

    def expect_end(self) -> None:
        """Write before SIGTERM ends a serving process, where no other code handles that signal."""
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and not is_test_run() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, self._end_by)

    def _end_by(self, signum: int, _frame: FrameType | None) -> None:
        self.end()
        signal.signal(signum, signal.SIG_DFL)
        os.kill(os.getpid(), signum)

    def _start(self) -> None:
        with self._lock:
            if self._thread is not None or self._is_ending:
                return
            thread = threading.Thread(target=self._run, name="oauthcore-counts", daemon=True)
            try:
                thread.start()
            except RuntimeError:  # the system gives no thread now; the next request asks for one again
                FirstCounted.is_new = True
                raise
            self._thread = thread

    def _run(self) -> None:
        while not self._is_ending:
            self._write(only_if_due=True)
            # In this order nothing is missed: a count that is added from here on is due earlier and wakes us.
            self._wake.clear()
            self._wakes_at = math.inf
            self._wakes_at = due_at = self._due_at()
            if not self._is_ending:
                self._wake.wait(None if due_at == math.inf else max(0.0, due_at - time.monotonic()))
        self._write(only_if_due=False)

    def _due_at(self) -> float:
        return min(batch.due_at() for batch in self._batches)

    def _write(self, *, only_if_due: bool) -> None:
        try:
            for batch in self._batches:
                if only_if_due:
                    batch.flush_if_due()
                else:
                    batch.flush()
        except Exception:  # the thread must go on after any error of one batch
            logger.exception("counts could not be written")
        finally:
            connections.close_all()


def is_test_run() -> bool:
    """Return whether Django's test environment is set up: only then does ``mail.outbox`` exist."""
    return "outbox" in vars(mail)


def _is_in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def write_in_a_test(batches: Sequence[Batch], *, handler: Any) -> None:
    """Write the counts that are due on the thread that answered, in tests of a site.

    Tests keep a transaction open, so its connection must not be closed. If this thread has no connection, it
    opens one and closes it again, so that the test database can be removed. With an ``AsyncClient`` nothing
    is written: its requests end on a thread that does not see the rows of the test. In an event loop nothing
    is written either, because it may not wait for a database.
    """
    from django.test.client import AsyncClientHandler

    if _is_in_event_loop():
        return
    connection = primary_connection()
    was_open = connection.connection is not None
    if not was_open and handler is AsyncClientHandler:
        return
    for batch in batches:
        batch.flush_if_due()
    if not was_open:
        connection.close()
