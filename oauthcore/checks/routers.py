"""A check of the database routers: what decides who may do what is read where it is written."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, register
from django.db import models, router


@register()
def check_reading(**_: Any) -> list[CheckMessage]:
    """Check that people, sessions and permissions are read from the database that they are written to.

    Django reads these, and asks the routers. The models of oauthcore never ask where to read.
    """
    strayed = [one for one in _deciding_models() if router.db_for_read(one) != router.db_for_write(one)]
    if not strayed:
        return []
    names = ", ".join(one._meta.label for one in strayed)
    text = (
        f"The database routers read {names} from another database than they write to. A replica is late, so "
        "that an old password, an ended session or a withdrawn permission still counts there."
    )
    hint = "Let db_for_read return the primary database for these models. docs/several-databases.md has one."
    return [Error(text, hint=hint, id="oauthcore.E110")]


def _deciding_models() -> Iterator[type[models.Model]]:
    yield get_user_model()
    if apps.is_installed("django.contrib.auth"):
        from django.contrib.auth.models import Group, Permission

        yield from (Group, Permission)
    try:
        store = import_module(django_settings.SESSION_ENGINE).SessionStore
        yield from [store.get_model_class()] if hasattr(store, "get_model_class") else []
    except (ImportError, RuntimeError):
        return  # without the module or the app no session works, and Django says so
