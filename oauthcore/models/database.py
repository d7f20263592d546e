"""Which database credentials live in: the primary, for a replica may not know of a revocation yet."""

from __future__ import annotations

from django.db import InterfaceError, InternalError, OperationalError, router

from oauthcore.rules.errors import TemporarilyUnavailable

#: What Django raises when the database is away, read-only, full, locked, or out of connections.
DATABASE_IS_DOWN = (OperationalError, InterfaceError, InternalError)


def primary() -> str:
    """Return the alias of the database that Grant and Token are written to, and read from."""
    from oauthcore.models.tokens import Token

    return router.db_for_write(Token)


def unavailable() -> TemporarilyUnavailable:
    """Return the refusal for a database that does not answer."""
    return TemporarilyUnavailable("the database does not answer", retry_after=1)
