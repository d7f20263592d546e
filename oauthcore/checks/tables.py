"""Whether a table is there: checks of rows are skipped before the migrations have run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connections

from oauthcore.models.database import primary

if TYPE_CHECKING:
    from django.db.models import Model


def has_table(model: type[Model]) -> bool:
    """Return whether the primary database has the table of a model."""
    connection = connections[primary()]
    with connection.cursor() as cursor:
        return model._meta.db_table in connection.introspection.table_names(cursor)
