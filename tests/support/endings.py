"""Ways in which a user is turned off."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection


def users(user: Any) -> Any:
    return get_user_model().objects.filter(pk=user.pk)


def save(row: Any, **values: Any) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def run_sql(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        assert cursor.rowcount == 1


DEACTIVATED = {
    "by saving": lambda user: save(user, is_active=False),
    "by an update": lambda user: users(user).update(is_active=False),
    "by a bulk update": lambda user: get_user_model().objects.bulk_update(
        [get_user_model()(pk=user.pk, is_active=False)], ["is_active"]
    ),
    "by raw SQL": lambda user: run_sql("UPDATE auth_user SET is_active = %s WHERE id = %s", False, user.pk),
    "by deleting": lambda user: user.delete(),
    "by a deletion in bulk": lambda user: users(user).delete(),
}
