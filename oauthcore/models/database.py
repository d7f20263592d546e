"""Which database credentials live in: the primary, always, because a replica may not know of a revocation
yet."""

from __future__ import annotations

from django.db import router


def primary() -> str:
    """Return the alias of the database that Grant and Token are written to, which is also where they are
    read."""
    from oauthcore.models.tokens import Token

    return router.db_for_write(Token)
