"""The packages that people move in from: installed for a test, each with its tables and its own views."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import connection

from tests.support.registries import forget_uninstalled

#: The apps whose tables are read.
APPS = (
    "rest_framework.authtoken",
    "knox",
    "rest_framework_api_key",
    "rest_framework_simplejwt.token_blacklist",
)
#: Packages whose models are abstract if they are imported while their app is not installed: app → package.
_ABSTRACT_ELSEWHERE = {
    "rest_framework.authtoken": "rest_framework.authtoken",
    "rest_framework_simplejwt.token_blacklist": "rest_framework_simplejwt",
}


def _forget_abstract_models() -> None:
    """Forget modules that other tests imported too early: drf-spectacular looks into every such package."""
    for name, package in _ABSTRACT_ELSEWHERE.items():
        if apps.all_models.get(name.rpartition(".")[2]):
            continue
        for module in [one for one in sys.modules if f"{one}.".startswith(f"{package}.")]:
            del sys.modules[module]


@contextmanager
def installed() -> Iterator[None]:
    """Install the packages: their models are known, as on a site that uses them.

    Some of their models are abstract if their app is not among the settings when they are first imported. So
    the setting comes first, and ``override_settings`` cannot be used.
    """
    _forget_abstract_models()
    before = settings.INSTALLED_APPS
    settings.INSTALLED_APPS = [*before, *APPS]
    try:
        apps.set_installed_apps(settings.INSTALLED_APPS)
        yield
    finally:
        apps.unset_installed_apps()
        settings.INSTALLED_APPS = before
        forget_uninstalled()


def make_tables() -> None:
    """Make their tables; the packages are installed."""
    existing = set(connection.introspection.table_names())
    models = [model for name in APPS for model in apps.get_app_config(name.rpartition(".")[2]).get_models()]
    with connection.schema_editor() as editor:
        for model in models:
            if not model._meta.proxy and model._meta.db_table not in existing:
                editor.create_model(model)
