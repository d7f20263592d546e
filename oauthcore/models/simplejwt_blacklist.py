"""SimpleJWT's blacklist. While both packages run, it may grow after the import."""

from __future__ import annotations

from django.apps import apps
from django.db import connections, router

from oauthcore.models.database import primary

_BLACKLISTED = "token_blacklist_blacklistedtoken"
_FIND = (
    f"SELECT 1 FROM {_BLACKLISTED} b JOIN token_blacklist_outstandingtoken o"  # noqa: S608 - constants
    " ON b.token_id = o.id WHERE o.jti = %s"
)


def is_blacklisted(jti: str) -> bool:
    """Return whether SimpleJWT has ended a refresh token.

    The app may have been taken out of the settings, and its tables may be gone. So it takes two statements,
    one for what tables there are.
    """
    model = apps.all_models["token_blacklist"].get("blacklistedtoken")
    connection = connections[primary() if model is None else router.db_for_write(model)]
    with connection.cursor() as cursor:
        if _BLACKLISTED not in connection.introspection.table_names(cursor):
            return False
        cursor.execute(_FIND, [jti])
        return cursor.fetchone() is not None
