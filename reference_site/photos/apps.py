from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PhotosConfig(AppConfig):
    name = "reference_site.photos"
    label = "photos"
    verbose_name = _("Photo library")

    def ready(self) -> None:
        """Listen to deletions, so that files go with their rows."""
        from reference_site.photos import storage  # noqa: F401
