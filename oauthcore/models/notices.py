"""Notices: which mails were sent to whom, so that no mail is sent twice.

A notice is claimed, the mail is sent, and then the notice is marked as sent. If the mail fails, the claim is
given back. If the process dies in between, its claim ends after an hour, and the mail may be sent twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import models
from django.utils.translation import gettext_lazy as _

from oauthcore.models.database import PrimaryModel, atomic, retried
from oauthcore.models.grants import Grant
from oauthcore.models.limit_windows import LimitWindow
from oauthcore.models.security_events import SecurityEvent

#: How long a claim lasts if its process died.
LEASE = timedelta(hours=1)
#: A person gets at most one security mail in so long.
PAUSE = timedelta(hours=1)
#: Mails about older events are not sent: they are no longer useful.
NEWS = timedelta(days=3)


class ExpiryNotice(PrimaryModel):
    """A mail about a service token that expires soon. The unique row makes sure that it is sent once."""

    grant = models.ForeignKey(
        Grant, on_delete=models.CASCADE, related_name="expiry_notices", db_constraint=False, db_index=False
    )
    expires_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("expiry notice")
        verbose_name_plural = _("expiry notices")
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "expires_at", "days"], name="oauthcore_expirynotice_once"
            )
        ]

    def __str__(self) -> str:
        return f"notice {self.days} days before grant {self.grant_id} expires"

    @classmethod
    @retried
    def claim(cls, grant: Grant, *, days: int, now: datetime) -> ExpiryNotice | None:
        """Return the notice if the caller must send it; None if it was sent or is being sent."""
        rows = cls.objects
        notice, is_new = rows.get_or_create(
            grant=grant, expires_at=grant.expires_at, days=days, defaults={"claimed_at": now}
        )
        free = models.Q(claimed_at__isnull=True) | models.Q(claimed_at__lte=now - LEASE)
        mine = is_new or rows.filter(free, pk=notice.pk, sent_at__isnull=True).update(claimed_at=now)
        return notice if mine else None

    @retried
    def settle(self, *, was_sent: bool, now: datetime) -> None:
        """Mark it as sent, or give the claim back for the next run."""
        rows = ExpiryNotice.objects.filter(pk=self.pk)
        rows.update(sent_at=now) if was_sent else rows.update(claimed_at=None)


class SecurityNotice(PrimaryModel):
    """A person was told of one security event; several events may share a mail."""

    event = models.OneToOneField(SecurityEvent, on_delete=models.CASCADE, related_name="notice")
    user_ref = models.CharField(max_length=255)
    claimed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("security notice")
        verbose_name_plural = _("security notices")
        indexes = [models.Index(fields=["user_ref", "claimed_at"], name="oauthcore_securitynotice_user")]

    def __str__(self) -> str:
        return f"notice of security event {self.event_id}"

    @classmethod
    @retried
    def claim(cls, user_ref: str, events: Sequence[SecurityEvent], *, now: datetime) -> list[SecurityEvent]:
        """Return the events that the caller must tell a person of, in one mail.

        The list is empty if the person got a mail recently, or another process is sending one.
        """
        with atomic():
            # Several rows are claimed together, and there may be no row to lock yet.
            LimitWindow.hold(sha256(f"notices of user {user_ref}".encode()).digest(), now=now)
            rows = cls.objects.filter(user_ref=user_ref)
            if rows.filter(models.Q(sent_at__gt=now - PAUSE) | _is_claimed(now)).exists():
                return []
            rows.filter(sent_at__isnull=True).delete()
            told = set(rows.filter(event__in=events).values_list("event_id", flat=True))
            mine = [one for one in events if one.pk not in told]
            SecurityNotice.objects.bulk_create(
                [SecurityNotice(event=one, user_ref=user_ref, claimed_at=now) for one in mine]
            )
        return mine

    @classmethod
    @retried
    def settle(cls, events: Sequence[SecurityEvent], *, was_sent: bool, now: datetime) -> None:
        """Mark the events as told, or give the claims back for the next run."""
        rows = cls.objects.filter(event__in=events)
        rows.update(sent_at=now) if was_sent else rows.delete()


def _is_claimed(now: datetime) -> models.Q:
    return models.Q(sent_at__isnull=True, claimed_at__gt=now - LEASE)
