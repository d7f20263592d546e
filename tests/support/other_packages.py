"""Other packages that are installed beside the site for a few tests, with their tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from tests.support.registries import forget_uninstalled

#: Whether packages make their tables with their own migrations, as on a site. That takes many times as long.
MIGRATES_VARIABLE = "OAUTHCORE_TEST_MIGRATE_PACKAGES"


@contextmanager
def installed(*names: str, **changes: Any) -> Iterator[None]:
    """Install packages and make their tables; take both away again. Call it outside of transactions."""
    with override_settings(INSTALLED_APPS=[*settings.INSTALLED_APPS, *names], **changes):
        configs = [one for one in apps.get_app_configs() if one.name in names]
        tables = _migrated if os.environ.get(MIGRATES_VARIABLE) else _made
        with tables(configs):
            yield
    forget_uninstalled()


@contextmanager
def _made(configs: list[AppConfig]) -> Iterator[None]:
    models = [model for config in configs for model in config.get_models()]
    with connection.schema_editor() as editor:
        for model in models:
            editor.create_model(model)
    try:
        yield
    finally:
        # Two of their tables may point at each other, and MariaDB minds the order.
        with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
            for model in reversed(models):
                editor.delete_model(model)


@contextmanager
def _migrated(configs: list[AppConfig]) -> Iterator[None]:
    for config in configs:
        call_command("migrate", config.label, verbosity=0)
    try:
        yield
    finally:
        for config in reversed(configs):
            call_command("migrate", config.label, "zero", verbosity=0)
