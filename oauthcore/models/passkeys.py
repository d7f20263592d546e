"""Passkeys: a second factor in the browser, in place of a code (WebAuthn Level 2)."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.conf import settings as django_settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore.accounts import User
from oauthcore.models.database import PrimaryModel
from oauthcore.models.fields import DigestField


class Passkey(PrimaryModel):
    """A passkey that a person may show as their second factor in the browser (WebAuthn Level 2)."""

    user = models.ForeignKey(
        django_settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="oauthcore_passkeys"
    )
    name = models.CharField(max_length=100)
    digest = DigestField(unique=True)  # of the credential's ID, which may have 1,023 bytes
    credential = models.BinaryField()
    sign_count = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")

    def __str__(self) -> str:
        return f"passkey {self.pk}"

    @classmethod
    def of(cls, user: User) -> list[Passkey]:
        """Return a person's passkeys, the oldest first."""
        return list(cls.objects.filter(user_id=user.pk).order_by("created_at", "pk"))

    @classmethod
    def add(
        cls, user: User, *, name: str, credential_id: bytes, credential: bytes, sign_count: int
    ) -> Passkey | None:
        """Add a passkey to a person; return None if somebody has it already. The unique digest decides."""
        values = {"user_id": user.pk, "name": name, "credential": credential, "sign_count": sign_count}
        passkey, is_new = cls.objects.get_or_create(digest=sha256(credential_id).digest(), defaults=values)
        return passkey if is_new else None

    def count_use(self, sign_count: int, *, now: datetime) -> bool:
        """Note a use and its counter, atomically; return False if a counter did not grow."""
        rows = Passkey.objects.filter(pk=self.pk)
        before = rows.filter(sign_count__lt=sign_count) if sign_count else rows.filter(sign_count=0)
        return before.update(sign_count=sign_count, last_used_at=now) == 1
