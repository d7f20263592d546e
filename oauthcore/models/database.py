"""The primary database holds all credentials, because a replica may not know of a revocation yet.

Every model of ours is a :class:`PrimaryModel`, so that no query has to name the database.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    connections,
    models,
    router,
    transaction,
)
from django.db.backends.base.base import BaseDatabaseWrapper

from oauthcore.rules.errors.oauth import TemporarilyUnavailable

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=models.Model)

logger = logging.getLogger("oauthcore")

#: Serialization failure and deadlock (SQLSTATE): the transaction is rolled back, and may be run again.
_AGAIN_BY_STATE = {"40001", "40P01"}
#: The same as numbers of MariaDB and MySQL: 1213 is a deadlock, 1020 a row that another transaction has
#: changed meanwhile. 1205, a lock timeout, is not included: it undoes only the statement, and the caller has
#: waited for seconds already.
_AGAIN_BY_NUMBER = {1213, 1020}
#: A lock that another transaction holds for longer than this one waits (SQLSTATE).
_NOT_AVAILABLE_BY_STATE = "55P03"
#: The beginnings of SQLSTATE if a connection is lost (08), or ended by the server (57P).
_UNANSWERED_BY_STATE = ("08", "57P")
#: The same as numbers of the client library of MariaDB and MySQL: gone away, lost, lost while it read.
_UNANSWERED_BY_NUMBER = {2006, 2013, 2055}
#: How many runs there are at most, with a short pause before each repetition.
MOST_RUNS = 5
_PAUSE_SECONDS = 0.01

#: Counts actions outside the database (``not_again``), in this context.
_begun_beyond: ContextVar[int] = ContextVar("oauthcore_begun_beyond", default=0)

#: The errors of Django if the database is down, read-only, full, locked, or out of connections.
DATABASE_IS_DOWN = (OperationalError, InterfaceError, InternalError)


def primary() -> str:
    """Return the alias of the database that Grant and Token are written to, and read from."""
    if not router.routers:  # each statement asks, and most sites have one database
        return DEFAULT_DB_ALIAS
    from oauthcore.models.tokens import Token

    return router.db_for_write(Token)


def primary_connection() -> BaseDatabaseWrapper:
    """Return this thread's connection to the primary database."""
    return connections[primary()]


def database_clock() -> datetime | None:
    """Return the time by the clock of the primary database; None if that is the clock of this machine."""
    statement = {"postgresql": "SELECT clock_timestamp()", "mysql": "SELECT UTC_TIMESTAMP(6)"}
    connection = primary_connection()
    if connection.vendor not in statement:
        return None
    with connection.cursor() as cursor:
        cursor.execute(statement[connection.vendor])
        told: datetime = cursor.fetchone()[0]
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def atomic(*, savepoint: bool = True) -> transaction.Atomic:
    """Return a transaction on the primary database, as ``transaction.atomic`` does."""
    return transaction.atomic(using=primary(), savepoint=savepoint)


@contextmanager
def limited_lock_waits(*, seconds: float) -> Iterator[None]:
    """Let statements of a transaction wait no longer for a lock. See ``is_lock_refused``.

    After an error the rollback restores what was set before. SQLite locks no rows.
    """
    connection = primary_connection()
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        [before] = cursor.fetchone()
        cursor.execute(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")
        yield
        cursor.execute(f"SET LOCAL lock_timeout = '{before}'")


class ReplicaInsteadOfPrimary(OperationalError):
    """The server that should be the primary is a replica: it takes no writes, and learns of them late."""


def is_replica(connection: BaseDatabaseWrapper) -> bool:
    """Ask a server whether it takes no writes. SQLite is never a replica.

    MariaDB answers in words from version 12 on: every one but ``OFF`` refuses writes.
    """
    statement = {"postgresql": "SELECT pg_is_in_recovery()", "mysql": "SELECT @@global.read_only"}
    with connection.cursor() as cursor:
        cursor.execute(statement.get(connection.vendor, "SELECT 0"))
        return cursor.fetchone()[0] not in (0, "OFF")


def require_primary(*, within: float) -> None:
    """Raise DatabaseError if the primary database does not answer, or has become a replica.

    PostgreSQL ends the statement after so many seconds, because a site may have no timeouts.
    """
    connection = primary_connection()
    has_limit = connection.vendor == "postgresql" and not connection.in_atomic_block
    with atomic() if has_limit else nullcontext():
        if has_limit:
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {int(within * 1000)}")
        if is_replica(connection):
            raise ReplicaInsteadOfPrimary


class PrimaryManager(models.Manager[M]):
    """Reads from and writes to the primary database, unless ``using`` names another database.

    ``PrimaryManager.from_queryset(SomeQuerySet)`` makes such a manager with that queryset class.
    """

    @property
    def db(self) -> str:
        """The alias that queries go to."""
        return self._db or primary()

    def get_queryset(self) -> models.QuerySet[M]:
        """Return all rows, bound to the primary database."""
        return super().get_queryset().using(self.db)


class PrimaryModel(models.Model):
    """A row that is always read from the primary database.

    Related managers are made from ``objects``. It is the base manager too, so it follows foreign keys and
    fetches deferred columns. It is inherited, so no migration names it.
    """

    objects = PrimaryManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


def unavailable() -> TemporarilyUnavailable:
    """Return the refusal for a database that does not answer."""
    return TemporarilyUnavailable("the database does not answer", retry_after=1)


def write_over(*rows: models.Model, key: str, fields: list[str]) -> None:
    """Insert rows or, where a key exists, update these fields of the existing row (upsert).

    One statement locks the rows for writing. Django's ``update_or_create`` needs two: a failed INSERT, which
    takes a shared lock, and an UPDATE. Several of these at once are a deadlock on MariaDB.
    """
    has_target = primary_connection().features.supports_update_conflicts_with_target
    type(rows[0])._default_manager.bulk_create(
        rows, update_conflicts=True, update_fields=fields, unique_fields=[key] if has_target else None
    )


def retried(function: Callable[P, T]) -> Callable[P, T]:
    """Decorator: run the function again after a deadlock or serialization failure.

    Use it for a function whose effects are one statement or one transaction. When it fails, nothing else may
    have changed, such as a session, a variable or another service. A single-use secret stays single-use,
    because its use was rolled back too. Inside a transaction nothing is repeated: the owner of the
    transaction repeats it.

    A function that acts outside the database calls ``not_again`` first. From then on it is not repeated.

    Each run makes new secrets.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        for number in range(1, MOST_RUNS):
            begun = _begun_beyond.get()
            try:
                return function(*args, **kwargs)
            except DatabaseError as error:
                is_conflict = isinstance(error, IntegrityError) and number == 1
                is_asked = is_conflict or asks_for_another_run(error)
                is_final = primary_connection().in_atomic_block or _begun_beyond.get() != begun
                if is_final or not is_asked:
                    raise
                logger.info("run %d of %s: %s", number + 1, function.__qualname__, type(error).__name__)
                time.sleep(random.uniform(0, _PAUSE_SECONDS * 2**number))  # noqa: S311 - two that collide part
        return function(*args, **kwargs)

    return run


def not_again() -> None:
    """Call this before an action outside the database. After it, ``retried`` does not run again.

    Such actions are changes of a session, receivers of the site, and calls of other services: the database
    cannot undo them.
    """
    _begun_beyond.set(_begun_beyond.get() + 1)


def asks_for_another_run(error: BaseException) -> bool:
    """Return whether the error is a deadlock or serialization failure, so that another run may succeed."""
    cause = error.__cause__ or error
    number = cause.args[0] if cause.args else None
    return _state_of(cause) in _AGAIN_BY_STATE or number in _AGAIN_BY_NUMBER


def is_lock_refused(error: BaseException) -> bool:
    """Return whether PostgreSQL gave up waiting for a lock. The transaction is rolled back."""
    return _state_of(error.__cause__ or error) == _NOT_AVAILABLE_BY_STATE


def is_outcome_unknown(error: BaseException) -> bool:
    """Return whether a statement ended without an answer, so that it may have come into force.

    The connection was lost, or has given up. Every other error of a database says that nothing was changed.
    """
    cause = error.__cause__  # the driver's
    if cause is None or primary_connection().vendor == "sqlite":
        return False
    state = _state_of(cause)
    number = cause.args[0] if cause.args else None
    if isinstance(number, int):
        return number in _UNANSWERED_BY_NUMBER
    return state is None or state.startswith(_UNANSWERED_BY_STATE)


def _state_of(error: BaseException) -> str | None:
    """Return the SQLSTATE of a driver's error: psycopg and psycopg2 name it differently."""
    state: str | None = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    return state
