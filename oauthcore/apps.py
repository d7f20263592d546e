"""The application's configuration: its checks, and what it listens to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from oauthcore.flows.oauth.grants.token_grant_type import TokenGrantType


class OAuthCoreConfig(AppConfig):
    """Installs as ``oauthcore``."""

    name = "oauthcore"
    verbose_name = _("API access")
    default_auto_field = "django.db.models.BigAutoField"

    @property
    def grant_types(self) -> tuple[TokenGrantType, ...]:
        """The grant types of the token endpoint, for models, which import no flows."""
        from oauthcore.flows.oauth.grants import grant_types

        return grant_types.GRANT_TYPES

    def ready(self) -> None:
        """Register the system checks, listen to signals, and watch for passwords that are rehashed."""
        from django.contrib.auth import get_user_model

        from oauthcore import checks  # noqa: F401
        from oauthcore.flows.logout import prompt_sending  # noqa: F401 - it listens to a signal
        from oauthcore.flows.passwords.rehashes import keep_grants_over_rehashes
        from oauthcore.flows.upkeep import in_passing  # noqa: F401 - it listens to a signal
        from oauthcore.recording import login_sessions, logouts, writing  # noqa: F401 - they listen to signals

        keep_grants_over_rehashes(get_user_model())
        logouts.watch_users(get_user_model())
