"""The secrets with which confidential applications authenticate (RFC 6749 §2.3.1)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryManager, PrimaryModel
from oauthcore.models.fields import DigestField
from oauthcore.models.liveness import Expiring

#: How many ended secrets are kept for staff. Few, because every client authentication reads all secrets.
_MOST_ENDED = 20


class ClientSecrets(Expiring["ClientSecret"]):
    """Secrets of applications."""

    def remove_long_ended(self, now: datetime) -> None:
        """Remove the ended secrets of one application, but for the newest ones."""
        ended = self.filter(expires_at__lte=now).order_by("-pk")
        self.filter(pk__in=list(ended.values_list("pk", flat=True)[_MOST_ENDED:])).delete()


_Manager = PrimaryManager.from_queryset(ClientSecrets)


class ClientSecret(PrimaryModel):
    """One secret of a confidential application, as a digest. During a rotation two are live."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="client_secrets")
    digest = DigestField(null=True)
    encoded = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001 - exactly one of the two
    hint = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects = _Manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("client secret")
        verbose_name_plural = _("client secrets")
        constraints = [
            models.CheckConstraint(
                name="oauthcore_clientsecret_one_form",
                condition=models.Q(digest__isnull=False, encoded__isnull=True)
                | models.Q(digest__isnull=True, encoded__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"secret …{self.hint} of application {self.application_id}"

    def is_live(self, now: datetime) -> bool:
        """Return whether it may still be used."""
        return self.expires_at is None or now < self.expires_at
