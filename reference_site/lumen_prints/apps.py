from __future__ import annotations

from django.apps import AppConfig


class LumenPrintsConfig(AppConfig):
    name = "reference_site.lumen_prints"
    label = "lumen_prints"
    default_auto_field = "django.db.models.BigAutoField"
