"""Deleting rows: functions for ``on_delete``, and many rows at once with what is under them."""

from __future__ import annotations

from collections.abc import Container, Iterable
from functools import cache
from typing import Any

from django.db import models
from django.db.models import signals
from django.db.models.deletion import get_candidate_relations_to_delete
from django.utils import timezone

from oauthcore.models.database import primary_connection
from oauthcore.models.lookups import Keys

#: The tables whose rows PostgreSQL deletes with those of another table. Migration 0028 makes such keys, and a
#: site that creates its tables without migrations has none.
_CASCADING = """SELECT c.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.contype = 'f' AND k.confdeltype = 'c' AND k.confrelid = to_regclass(%s)"""


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


def go_together(model: type[models.Model]) -> bool:
    """Return whether what is under rows of a model may go with them, because nobody looks on.

    PostgreSQL deletes it with them, and can be told how long to wait for a lock. SQLite locks no rows.
    """
    if _under(model) is None or _is_watched(model):
        return False
    return primary_connection().vendor == "sqlite" or bool(_cascading(model))


def delete(model: Any, keys: Keys, *, gone: Container[Any] = ()) -> int:
    """Delete the rows with these keys and what is under them; return how many of the rows themselves went.

    ``gone`` are the models of what is under them of which nothing is left.

    Django reads each row before, and deletes a hundred with each statement. This takes one statement for each
    table, and none where the database deletes them itself. Where a receiver of a signal wants to see the
    rows, or something else than deletion happens to what is under them, Django does it. It also deletes the
    rows of a site's own models: those may refer to themselves, inherit from another table, or be read from a
    replica.
    """
    rows = model._base_manager.filter(keys.among("pk"))
    under = _under(model)
    if under is None or _is_watched(model):
        return int(rows.delete()[1].get(model._meta.label, 0))
    by_themselves = _cascading(model) if under else ()
    for field in under:
        if field.model in gone or (field.model._meta.db_table in by_themselves and not _under(field.model)):
            continue
        below = field.model._base_manager.filter(keys.among(field.attname))
        if not _under(field.model):
            below._raw_delete(below.db)
        elif listed := list(below.values_list("pk", flat=True)):
            delete(field.model, Keys(listed, len(listed)))
    return int(rows._raw_delete(rows.db) or 0)  # None where the condition can find nothing


@cache
def _under(model: type[models.Model]) -> list[Any] | None:
    """Return the foreign keys of what is deleted with rows of a model, or None if Django has to do it."""
    found = []
    relations: Any = get_candidate_relations_to_delete(model._meta)
    for relation in relations:
        field = relation.field
        if relation.on_delete is models.DO_NOTHING:
            continue
        is_ours = field.model._meta.app_label == model._meta.app_label
        is_deleted = relation.on_delete in (models.CASCADE, cascade)
        if not is_ours or not is_deleted or _under(field.model) is None:
            return None
        found.append(field)
    return None if model._meta.private_fields else found


def _cascading(model: type[models.Model]) -> set[str]:
    """Return the tables of which the database itself deletes rows with those of a model."""
    connection = primary_connection()
    if connection.vendor != "postgresql":
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_CASCADING, [connection.ops.quote_name(model._meta.db_table)])
        return {table for (table,) in cursor.fetchall()}


def _is_watched(model: type[models.Model]) -> bool:
    under = _under(model) or []
    has_receivers = signals.pre_delete.has_listeners(model) or signals.post_delete.has_listeners(model)
    return has_receivers or any(_is_watched(field.model) for field in under)
