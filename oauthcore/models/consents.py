"""Consent: what a person has approved for an application, remembered; and the pages they were asked on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings as django_settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.models.applications import Application
from oauthcore.models.fields import DigestField, WordsField
from oauthcore.rules.scopes import Scopes


class Consent(models.Model):
    """The scopes a person has approved for an application so far, for the account they chose last."""

    user = models.ForeignKey(
        django_settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="oauthcore_consents"
    )
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="consents")
    scopes = WordsField()
    account_uuid = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [models.UniqueConstraint(fields=["user", "application"], name="oauthcore_consent_once")]

    def __str__(self) -> str:
        return f"consent {self.pk}"

    @classmethod
    def remember(
        cls,
        *,
        user: Any,
        application: Application,
        scopes: Scopes,
        withheld: Scopes = frozenset(),
        account_uuid: UUID | None,
        now: datetime,
        using: str,
    ) -> None:
        """Add the scopes to what the person has approved; the row stays locked until the transaction ends.

        Forgotten is what they withheld this time, and all that they approved for another account.
        """
        consents = cls.objects.using(using)
        consent, is_new = consents.select_for_update().get_or_create(
            user=user,
            application=application,
            defaults={"scopes": scopes, "account_uuid": account_uuid, "created_at": now, "updated_at": now},
        )
        if not is_new:
            before = frozenset(consent.scopes) if consent.account_uuid == account_uuid else frozenset()
            kept = conf.settings().vocabulary.without(before, withheld)
            consents.filter(pk=consent.pk).update(
                scopes=kept | scopes, account_uuid=account_uuid, updated_at=now
            )


class AnsweredPage(models.Model):
    """A consent page that was answered: the unique digest makes it answerable once."""

    digest = DigestField(unique=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("answered consent page")
        verbose_name_plural = _("answered consent pages")

    def __str__(self) -> str:
        return f"answered page {self.pk}"

    @classmethod
    def claim(cls, digest: bytes, *, expires_at: datetime, using: str) -> bool:
        """Note that a page was answered; return whether this was the first answer. The database decides."""
        try:
            with transaction.atomic(using=using):
                cls.objects.using(using).create(digest=digest, expires_at=expires_at)
        except IntegrityError:
            return False
        return True
