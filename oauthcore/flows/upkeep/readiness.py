"""Readiness: whether this process can serve now. The answer is bounded in time and cost.

One thread of the process looks, with a connection of its own, and every request within the next seconds gets
the same answer. A database or store that hangs counts as failed after ``MOST_SECONDS``.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from enum import StrEnum

from django.db import connections

from oauthcore import conf, limiter
from oauthcore.models import signing
from oauthcore.models.database import require_primary
from oauthcore.models.migrations_applied import missing_migrations
from oauthcore.recording.batch_writer import is_test_run

logger = logging.getLogger("oauthcore")

#: How many seconds a request waits for an answer at most.
MOST_SECONDS = 2.0
#: For how many seconds an answer is given to every request.
REMEMBERED_FOR = 2.0
#: Until it is this old, the last answer is also given to requests that come while a thread looks.
_STALE_AFTER = 15.0
#: After how many seconds a look that still hangs is given up, and another thread may look.
_GIVEN_UP_AFTER = 60.0


class State(StrEnum):
    """What is known of one thing: it works, it does not, or it was not looked at because of another one."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


class NotUsable(Exception):
    """Something answers, but cannot be used as it is."""


def _require_database() -> None:
    require_primary(within=MOST_SECONDS)


def _require_migrations() -> None:
    if missing := missing_migrations():
        raise NotUsable(f"{len(missing)} migrations are not applied, the first is {'.'.join(missing[0])}")


def _require_signing_keys() -> None:
    settings = conf.settings()
    for algorithm in settings.signing_algorithms if settings.signs_tokens else ():
        if algorithm not in signing.key_ring(algorithm).current:
            raise NotUsable(f"there is no signing key for {algorithm} that can be used")


#: What is looked at, in this order. The store of the limiter comes first, because it needs no database.
_LOOKS: dict[str, Callable[[], None]] = {
    "limiter": limiter.require_store,
    "database": _require_database,
    "migrations": _require_migrations,
    "signing_keys": _require_signing_keys,
}


class Look:
    """One look at everything. ``states`` has what was found so far."""

    def __init__(self) -> None:
        self.began_at = time.monotonic()
        self.done = threading.Event()
        self._found: dict[str, State] = {}
        self._why: dict[str, str] = {}

    @property
    def states(self) -> dict[str, State]:
        """The state of each thing. The first one without an answer counts as failed: it hangs."""
        found = dict(self._found)
        hanging = next((name for name in _LOOKS if name not in found), None)
        return {
            name: found.get(name, State.FAILED if name == hanging else State.UNKNOWN)
            for name in sorted(_LOOKS)
        }

    def run(self) -> None:
        """Look at one thing after the other. Without the database the rest stays unknown."""
        try:
            for name, require in _LOOKS.items():
                self._found[name] = self._state(name, require)
        finally:
            self.done.set()

    def run_on_a_thread(self) -> None:
        """Do the same with a connection of its own, which is closed afterwards."""
        try:
            self.run()
        finally:
            connections.close_all()

    def tell(self) -> None:
        """Log what does not work, with the reason. The answer names no reason."""
        for name, state in self.states.items():
            if state is State.FAILED:
                logger.warning("not ready: %s: %s", name, self._why.get(name, "it does not answer in time"))

    def _state(self, name: str, require: Callable[[], None]) -> State:
        if name != "limiter" and self._found.get("database", State.OK) is not State.OK:
            return State.UNKNOWN
        try:
            require()
        except NotUsable as problem:
            self._why[name] = str(problem)
            return State.FAILED
        except Exception as error:  # whatever breaks there, the process cannot serve
            self._why[name] = type(error).__name__
            return State.FAILED
        return State.OK


class Readiness:
    """The readiness of this process: one look at a time, remembered for a short time."""

    def __init__(self) -> None:
        self.start_anew()
        os.register_at_fork(after_in_child=self.start_anew)

    def start_anew(self) -> None:
        """Forget everything, as in a new process. A forked process does not have the thread."""
        self._lock = threading.Lock()
        self._look: Look | None = None
        self._answer: dict[str, State] = {}
        self._answered_at = -REMEMBERED_FOR

    def states(self) -> dict[str, State]:
        """Return the state of each thing, as of the last look."""
        with self._lock:
            now = time.monotonic()
            if self._answer and now - self._answered_at < REMEMBERED_FOR:
                return self._answer
            look = self._look
            if look is None or look.done.is_set() or now - look.began_at > _GIVEN_UP_AFTER:
                look = self._look = Look()
                self._start(look)
            elif self._answer and now - self._answered_at < _STALE_AFTER:
                return self._answer  # one request waits for the look, and not a crowd
        look.done.wait(max(0.0, look.began_at + MOST_SECONDS - time.monotonic()))
        with self._lock:
            return self._remember(look)

    def _start(self, look: Look) -> None:
        if is_test_run():  # tests keep a transaction open, and another connection does not see its rows
            look.run()
        else:
            threading.Thread(target=look.run_on_a_thread, name="oauthcore-readiness", daemon=True).start()

    def _remember(self, look: Look) -> dict[str, State]:
        states = look.states
        if states != self._answer:
            look.tell()
        self._answer, self._answered_at = states, time.monotonic()
        return states


readiness = Readiness()
