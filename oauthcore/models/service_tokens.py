"""Service tokens: grants that staff make, each with one access token, or two in rotation.

Each is for one account, or for the whole site where the site has no accounts.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.utils.translation import gettext_lazy as _

from oauthcore.models.database import PrimaryManager
from oauthcore.models.grants import Grant
from oauthcore.models.liveness import Revocable
from oauthcore.models.tokens import Tokens


class ServiceTokens(Revocable["ServiceToken"]):
    """Service tokens."""


_Manager = PrimaryManager.from_queryset(ServiceTokens)


class ServiceTokenManager(_Manager["ServiceToken"]):
    """The grants of the kind ``service``. A grant never changes its kind."""

    def get_queryset(self) -> ServiceTokens:
        """Return the grants of this kind only."""
        return cast("ServiceTokens", super().get_queryset().filter(kind=Grant.Kind.SERVICE))


class ServiceToken(Grant):
    """A grant of the kind ``service``: a proxy model with its own permissions."""

    objects = ServiceTokenManager()  # type: ignore[misc, assignment]

    class Meta:
        proxy = True
        verbose_name = _("service token")
        verbose_name_plural = _("service tokens")

    def __str__(self) -> str:
        return self.label

    def live_secrets(self, now: datetime) -> Tokens:
        """Return its live access tokens, the newest first."""
        return self.tokens.live(now).newest_first()
