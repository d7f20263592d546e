"""Service tokens: grants that staff make, each with one access token, or two in rotation.

Each is for one account, or for the whole site where the site has no accounts.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from oauthcore.models.database import PrimaryManager
from oauthcore.models.grants import Grant
from oauthcore.models.tokens import Token


class ServiceTokens(PrimaryManager["ServiceToken"]):
    """The grants that are service tokens. No grant changes its kind, so each finds its own row here."""

    def get_queryset(self) -> models.QuerySet[ServiceToken]:
        """Return the grants of this kind only."""
        return super().get_queryset().filter(kind=Grant.Kind.SERVICE)


class ServiceToken(Grant):
    """A grant of the kind ``service``, under a name and with permissions of its own."""

    objects = ServiceTokens()  # type: ignore[misc]

    class Meta:
        proxy = True
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.label

    def live_secrets(self, now: datetime) -> models.QuerySet[Token]:
        """Return its access tokens that have neither ended nor expired, the newest first."""
        unexpired = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now)
        return self.tokens.filter(unexpired, revoked_at__isnull=True).order_by("-created_at", "-pk")
