"""What packages register when they are installed: admins and system checks, for as long as they are there."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.core.checks.registry import registry


def forget_uninstalled() -> None:
    """Take out the admins and the checks of packages that are not installed any more: they ask for models."""
    for model in list(admin.site._registry):
        if model._meta.app_label not in apps.app_configs:
            del admin.site._registry[model]
    packages = {"django", *(config.name.partition(".")[0] for config in apps.get_app_configs())}
    for checks in (registry.registered_checks, registry.deployment_checks):
        checks -= {one for one in checks if one.__module__.partition(".")[0] not in packages}
