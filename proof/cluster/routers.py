"""The router of the cluster's site: what decides who may do what is read from the primary."""

from __future__ import annotations

from typing import Any

from django.db import models

#: The apps whose reads may be late: the pictures, and nothing that decides about access.
MAY_BE_LATE = {"photos"}


class OwnReadsFromReplica:
    """Reads pictures from the replica, and everything else from the primary."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        """Return where rows are read."""
        return "replica" if model._meta.app_label in MAY_BE_LATE else "default"

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        """Return where rows are written."""
        return "default"

    def allow_relation(self, first: models.Model, second: models.Model, **hints: Any) -> bool:
        """Return whether two rows may point at each other: both databases are one."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Return whether a table is made there: the replica gets what the primary has."""
        return db == "default"
