from __future__ import annotations

from django.apps import AppConfig


class DescriptionConfig(AppConfig):
    """Serves the OpenAPI description, and a page that shows it to people."""

    name = "reference_site.description"
    label = "description"
