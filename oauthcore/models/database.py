"""Which database credentials live in: the primary, for a replica may not know of a revocation yet.

Every model of ours is a :class:`PrimaryModel`, so that no query has to name the database.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import (
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
#: The same by the numbers of MariaDB and MySQL: 1213 is a deadlock; 1020 a row that another transaction
#: changed since this one began. Not 1205, a lock that was waited for too long: only the statement is undone
#: then, and the caller has waited for seconds already.
_AGAIN_BY_NUMBER = {1213, 1020}
#: So often something is done at the most, with a short pause before it is done again.
MOST_RUNS = 5
_PAUSE_SECONDS = 0.01

#: How often something has begun that reaches beyond the database, in this context.
_begun_beyond: ContextVar[int] = ContextVar("oauthcore_begun_beyond", default=0)

#: What Django raises when the database is away, read-only, full, locked, or out of connections.
DATABASE_IS_DOWN = (OperationalError, InterfaceError, InternalError)


def primary() -> str:
    """Return the alias of the database that Grant and Token are written to, and read from."""
    from oauthcore.models.tokens import Token

    return router.db_for_write(Token)


def primary_connection() -> BaseDatabaseWrapper:
    """Return this thread's connection to the primary database."""
    return connections[primary()]


def atomic(*, savepoint: bool = True) -> transaction.Atomic:
    """Return a transaction on the primary database, as ``transaction.atomic`` does."""
    return transaction.atomic(using=primary(), savepoint=savepoint)


class PrimaryManager(models.Manager[M]):
    """Reads from the primary database and writes to it, unless somebody names another with ``using``.

    A manager made by ``PrimaryManager.from_queryset(SomeQuerySet)`` does the same with that class.
    """

    @property
    def db(self) -> str:
        """The alias that queries go to."""
        return self._db or primary()

    def get_queryset(self) -> models.QuerySet[M]:
        """Return all rows, bound to the primary database."""
        return super().get_queryset().using(self.db)


class PrimaryModel(models.Model):
    """A row that is read from the primary database, on every way that leads to it.

    Related managers are made from ``objects``. As the base manager it also follows foreign keys, and fetches
    the columns that a query left out. It is inherited, so no migration names it.
    """

    objects = PrimaryManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


def unavailable() -> TemporarilyUnavailable:
    """Return the refusal for a database that does not answer."""
    return TemporarilyUnavailable("the database does not answer", retry_after=1)


def write_over(row: models.Model, *, key: str, fields: list[str]) -> None:
    """Insert a row or, where there is one of that key, write these fields over those it has.

    It is one statement that locks the row for writing. A failed INSERT followed by an UPDATE, as in Django's
    ``update_or_create``, is a deadlock on MariaDB where several do it at once: the former shares a lock.
    """
    has_target = primary_connection().features.supports_update_conflicts_with_target
    type(row)._default_manager.bulk_create(
        [row], update_conflicts=True, update_fields=fields, unique_fields=[key] if has_target else None
    )


def retried(function: Callable[P, T]) -> Callable[P, T]:
    """Do again as a whole what the database undid as a whole and asks to be done again.

    That is for a function whose effects are one statement, or one transaction: nothing else may have changed
    when it fails, such as a session, a variable or another service. What is used up once stays used up once,
    because using it up was undone as well. Inside a transaction nothing is repeated: its
    owner does that.

    What reaches beyond the database says so with ``not_again``, and is not done again from there on.

    A row that is there already is met once more, with secrets that are made anew.
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
    """Say that what follows reaches beyond the database: whatever is under way is not run again after it.

    That is a session, a receiver of the site's, another service: no database undoes what they did.
    """
    _begun_beyond.set(_begun_beyond.get() + 1)


def asks_for_another_run(error: BaseException) -> bool:
    """Return whether the database has undone the transaction and says that it may be run again."""
    cause = error.__cause__ or error
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    number = cause.args[0] if cause.args else None
    return state in _AGAIN_BY_STATE or number in _AGAIN_BY_NUMBER
