"""The application's configuration: its checks, and what it listens to."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OAuthCoreConfig(AppConfig):
    """Installs as ``oauthcore``."""

    name = "oauthcore"
    verbose_name = _("API access")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks and the receivers, and watch for passwords that are rehashed."""
        from django.contrib.auth import get_user_model

        from oauthcore import checks, receivers  # noqa: F401
        from oauthcore.flows.passwords.rehashes import keep_grants_over_rehashes

        keep_grants_over_rehashes(get_user_model())
