"""Logos of applications. They are stored in the database, so that a site needs no media files."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore.models.applications import Application
from oauthcore.models.natural_keys import KeyedModel, after


class ApplicationLogo(KeyedModel):
    """A small square PNG, redrawn from the upload. It has its own table, so that no join reads it."""

    NATURAL_KEY = ("application__client_id",)

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="logo")
    png = models.BinaryField()
    updated_at = models.DateTimeField(default=timezone.now)

    natural_key = after("oauthcore.application")

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")

    def __str__(self) -> str:
        return f"logo of application {self.application_id}"
