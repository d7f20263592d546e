"""Ways in which a password changes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.hashers import make_password
from django.db import connection

from tests.support.factories import PASSWORD

NEW = "a short run through the wood"


OLD_KEY = "the-key-that-was-in-use-before-0123456789-0123456789"


def users(user: Any) -> Any:
    return get_user_model().objects.filter(pk=user.pk)


def set_password(user: Any) -> None:
    user.set_password(NEW)
    user.save()


def set_hash(user: Any, change: Any) -> None:
    change()
    user.save(update_fields=["password"])


def set_by_sql(user: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE auth_user SET password = %s WHERE id = %s", [make_password(NEW), user.pk])


def set_by_form(user: Any) -> None:
    form = SetPasswordForm(user, {"new_password1": NEW, "new_password2": NEW})
    assert form.is_valid(), form.errors
    form.save()


CHANGES = {
    "set_password": set_password,
    "a form": set_by_form,
    "set_password, and a save of that field": lambda user: set_hash(user, lambda: user.set_password(NEW)),
    "a hash, and a save of that field": lambda user: set_hash(
        user, lambda: setattr(user, "password", make_password(NEW))
    ),
    "an update": lambda user: users(user).update(password=make_password(NEW)),
    "raw SQL": set_by_sql,
    "the same password set again": lambda user: users(user).update(password=make_password(PASSWORD)),
    "none that works": lambda user: users(user).update(password=make_password(None)),
}
