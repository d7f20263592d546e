"""Recent refusals: why an application's requests were refused, for its developer, for a few days."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore.models.database import PrimaryModel


class Refusal(PrimaryModel):
    """One refused request that named an application. The ``Request-Id`` of its answer finds it.

    It contains our own words and the path, and nothing else that was sent. It has no foreign key, so that a
    batch never fails.
    """

    application_ref = models.CharField(max_length=255)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    request_id = models.CharField(max_length=36, db_index=True)
    error = models.CharField(max_length=64)
    reason = models.CharField(max_length=200)
    endpoint = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("refusal")
        verbose_name_plural = _("refusals")
        indexes = [models.Index(fields=["application_ref", "at"], name="oauthcore_refusal_app_at")]

    def __str__(self) -> str:
        return f"{self.error} at {self.at:%Y-%m-%d %H:%M:%S}"
