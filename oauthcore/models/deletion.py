"""What becomes of rows when what they belong to is deleted: for ``on_delete``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone


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


def end_owned(collector: Any, field: models.ForeignKey[Any, Any], owned: Iterable[Any], using: str) -> None:
    """Mark what a deleted owner leaves as deleted, so that no application lives on without one."""
    live = [one for one in owned if one.deleted_at is None]
    collector.add_field_update(field, None, owned)
    collector.add_field_update(field.model._meta.get_field("deleted_at"), timezone.now(), live)
