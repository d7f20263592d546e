"""Devices: what an app said of the device on which a person signed in."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from oauthcore.models.database import PrimaryModel
from oauthcore.models.grants import Grant


class Device(PrimaryModel):
    """The device of one session. Its name is the label of the grant, and its UUID is the grant's.

    The app chooses ``client_uuid``; no decision depends on it.
    """

    # No constraint in the database here and in other small tables under grants: each grant that is removed
    # would be looked for in them.
    grant = models.OneToOneField(
        Grant, primary_key=True, on_delete=models.CASCADE, related_name="device", db_constraint=False
    )
    platform = models.CharField(max_length=50)
    app_version = models.CharField(max_length=50, blank=True)
    client_uuid = models.UUIDField(null=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        indexes = [
            models.Index(fields=["client_uuid"], name="oauthcore_device_client_uuid"),
            models.Index(fields=["platform"], name="oauthcore_device_platform"),
            models.Index(fields=["address"], name="oauthcore_device_address"),
        ]

    def __str__(self) -> str:
        return f"device of grant {self.grant_id}"
