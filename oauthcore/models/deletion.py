"""Functions for ``on_delete``: what happens to rows when their owner is deleted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils import timezone


def cascade(
    collector: Any, field: models.ForeignKey[Any, Any], owned: Iterable[models.Model], using: str
) -> None:
    """Delete the rows too, as CASCADE does, but never set the column to NULL first.

    On MariaDB and MySQL, Django's CASCADE sets a nullable column to NULL, which our constraints refuse.
    """
    collector.collect(
        owned,
        source=field.remote_field.model,
        source_attr=field.name,
        nullable=False,
        fail_on_restricted=False,
    )


def end_owned(collector: Any, field: models.ForeignKey[Any, Any], owned: Iterable[Any], using: str) -> None:
    """Mark applications of a deleted user as deleted, so that no application lives on without owner."""
    live = [one for one in owned if one.deleted_at is None]
    collector.add_field_update(field, None, owned)
    collector.add_field_update(field.model._meta.get_field("deleted_at"), timezone.now(), live)
