"""Whether rows can be read: checks of rows are skipped until every migration has run.

``migrate`` itself runs these checks first. If one of them failed on a column that is not there yet, no site
could ever migrate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from oauthcore.models.database import primary
from oauthcore.models.migrations_applied import missing_migrations

if TYPE_CHECKING:
    from django.db.models import Model


def is_migrated(model: type[Model]) -> bool:
    """Return whether the primary database has the table of a model, and no migration of ours is missing."""
    connection, ours = connections[primary()], model._meta.app_label
    with connection.cursor() as cursor:
        if model._meta.db_table not in connection.introspection.table_names(cursor):
            return False
    recorded = {app for app, _ in MigrationRecorder(connection).applied_migrations()}
    # Tables can also be made without migrations, as in tests of sites.
    return ours not in recorded or ours not in {app for app, _ in missing_migrations()}
