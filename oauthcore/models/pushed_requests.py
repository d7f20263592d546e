"""Pushed authorization requests: sent by the application in advance, and answered once (RFC 9126)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryModel
from oauthcore.models.fields import DigestField


class PushedRequest(PrimaryModel):
    """The parameters behind a ``request_uri``.

    It must be opened soon. Then it lives as long as a consent page, because the person may have to log in
    first. It ends when it is answered.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="pushed_requests")
    digest = DigestField(unique=True)
    parameters = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    opened_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("pushed request")
        verbose_name_plural = _("pushed requests")
        constraints = [
            models.CheckConstraint(
                name="oauthcore_pushedrequest_lifetime",
                condition=models.Q(expires_at__gt=models.F("created_at")),
            )
        ]

    def __str__(self) -> str:
        return f"pushed request {self.pk}"

    def is_live(self, now: datetime) -> bool:
        """Return whether it can be opened, or answered, now."""
        return self.used_at is None and now < self.expires_at

    def open(self, *, now: datetime) -> None:
        """At the first opening, extend it to the lifetime of a consent page."""
        if self.opened_at is None:
            rows = PushedRequest.objects.filter(pk=self.pk, opened_at__isnull=True)
            until = now + timedelta(seconds=conf.settings().CONSENT_LIFETIME)
            rows.update(opened_at=now, expires_at=until)

    def use(self, *, now: datetime) -> bool:
        """Mark it as answered, atomically; return whether this call was the first."""
        rows = PushedRequest.objects.filter(pk=self.pk, used_at__isnull=True)
        return rows.update(used_at=now) == 1
