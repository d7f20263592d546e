"""Challenges: a person has shown their password, and must now show the second factor."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.models.database import PrimaryModel, atomic
from oauthcore.models.fields import DigestField
from oauthcore.models.password_marks import has_mark, password_mark
from oauthcore.rules.sign_in.devices import DeviceDescriptor
from oauthcore.rules.tokens.secrets import Secret

#: A challenge ends after so many wrong codes (wire §6).
MOST_FAILURES = 5


class MFAChallenge(PrimaryModel):
    """The challenge of an ``mfa_token``: it is answered once, within minutes, with few wrong codes.

    It is bound to the person, to the password that they have shown, and to their device.
    """

    class Channel(models.TextChoices):
        """Where the password was shown. The challenge can be answered only there."""

        APP = "app", _("In an app")
        BROWSER = "browser", _("In the browser")

    user = models.ForeignKey(django_settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel, db_column="door")
    digest = DigestField(unique=True)
    password_mark = DigestField()
    device_name = models.CharField(max_length=200, blank=True)
    platform = models.CharField(max_length=50, blank=True)
    app_version = models.CharField(max_length=50, blank=True)
    client_uuid = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    failures = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    #: The tries that were counted for the password, for ``flows.passwords.password_tries``.
    tries = models.JSONField(null=True)

    class Meta:
        verbose_name = _("second-factor challenge")
        verbose_name_plural = _("second-factor challenges")
        constraints = [
            models.CheckConstraint(
                name="oauthcore_mfachallenge_lifetime",
                condition=models.Q(expires_at__gt=models.F("created_at")),
            )
        ]

    def __str__(self) -> str:
        return f"second-factor challenge {self.pk}"

    @classmethod
    def open(
        cls,
        user: User,
        channel: Channel,
        device: DeviceDescriptor,
        secret: Secret,
        *,
        tries: list[list[str]] | None = None,
        now: datetime,
    ) -> MFAChallenge:
        """Open a challenge; earlier challenges for the same device of the person end."""
        rows = cls.objects
        values = {
            "device_name": device.name,
            "platform": device.platform,
            "app_version": device.app_version,
            "client_uuid": device.client_uuid,
        }
        same_device = (
            {"client_uuid": device.client_uuid}
            if device.client_uuid
            else {"device_name": device.name, "platform": device.platform, "client_uuid": None}
        )
        with atomic():
            before = rows.filter(user=user, channel=channel, used_at__isnull=True, **same_device)
            before.update(failures=MOST_FAILURES)
            return rows.create(
                user=user,
                channel=channel,
                digest=secret.digest,
                password_mark=password_mark(user),
                created_at=now,
                expires_at=now + timedelta(seconds=conf.settings().MFA_TOKEN_LIFETIME),
                tries=tries or None,
                **values,
            )

    @classmethod
    def find(cls, **wanted: Any) -> MFAChallenge | None:
        """Return the one challenge with its user, or None."""
        return cls.objects.select_related("user").filter(**wanted).first()

    @property
    def device(self) -> DeviceDescriptor:
        """The device that the person signs in on."""
        return DeviceDescriptor(self.device_name, self.platform, self.app_version, self.client_uuid)

    def obstacle(self, now: datetime) -> str | None:
        """Return why it cannot be answered any more, or None."""
        if self.used_at is not None:
            return "the challenge was answered before"
        if self.failures >= MOST_FAILURES:
            return "too many wrong codes, or another challenge took its place"
        if now >= self.expires_at:
            return "the challenge has expired"
        if not conf.settings().account_backend.is_live_user(self.user):
            return "the person is not active any more"
        return None if has_mark(self.user, self.password_mark) else "the password was changed since"

    def count_try(self) -> bool:
        """Count a code before it is checked, atomically; return whether it may be checked."""
        rows = MFAChallenge.objects.filter(pk=self.pk, used_at__isnull=True, failures__lt=MOST_FAILURES)
        return rows.update(failures=F("failures") + 1) == 1

    def use(self, *, now: datetime) -> bool:
        """Mark it as answered, atomically; return whether this call was the first."""
        rows = MFAChallenge.objects.filter(pk=self.pk, used_at__isnull=True)
        return rows.update(used_at=now) == 1

    def end(self, *, now: datetime) -> bool:
        """End it; return whether this call did."""
        rows = MFAChallenge.objects.filter(
            pk=self.pk, used_at__isnull=True, failures__lt=MOST_FAILURES, expires_at__gt=now
        )
        return rows.update(failures=MOST_FAILURES) == 1

    @classmethod
    def end_all_of(cls, user: User) -> None:
        """End all challenges of a person, because their second factor has changed."""
        cls.objects.filter(user=user, used_at__isnull=True).update(failures=MOST_FAILURES)
