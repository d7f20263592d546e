"""What becomes of rows when what they belong to is deleted: for ``on_delete``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models


def cascade(
    collector: Any, field: models.ForeignKey[Any, Any], owned: Iterable[models.Model], using: str
) -> None:
    """Delete them too, as Django's CASCADE does, but never set the column to NULL on the way.

    Django does so with a nullable column on MariaDB and MySQL, and the constraints on kinds and owners refuse
    it.
    """
    collector.collect(
        owned,
        source=field.remote_field.model,
        source_attr=field.name,
        nullable=False,
        fail_on_restricted=False,
    )
