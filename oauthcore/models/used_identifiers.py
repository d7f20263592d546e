"""Identifiers that may be used once: the row has a unique key, so only one caller can insert it."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models
from django.utils.translation import gettext_lazy as _

from oauthcore.models.database import PrimaryModel, atomic, primary_connection
from oauthcore.models.fields import DigestField
from oauthcore.models.sweeping import Sweeping

#: How long rows stay after they expired, because clocks differ between machines.
KEPT = timedelta(minutes=10)

#: So the table has only the rows of the last minutes, even if each request adds one.
sweeping = Sweeping(after=100, most=200)


class UsedOnce(PrimaryModel):
    """Something that was used up; its digest is unique."""

    digest = DigestField(unique=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True
        base_manager_name = "objects"  # Django reads it from the direct parent: see PrimaryModel

    @classmethod
    def claim(cls, digest: bytes, *, expires_at: datetime) -> bool:
        """Use it up, with one statement; return whether this call was the first."""
        # In a transaction, only this statement may be undone.
        with_savepoint = atomic() if primary_connection().in_atomic_block else nullcontext()
        try:
            with with_savepoint:
                cls._default_manager.create(digest=digest, expires_at=expires_at)
        except IntegrityError:
            return False
        return True


class UsedIdentifier(UsedOnce):
    """A used ``jti``, or another thing that happens once, as a digest that begins with its purpose.

    It shows no names.
    """

    class Meta:
        verbose_name = _("used identifier")
        verbose_name_plural = _("used identifiers")

    def __str__(self) -> str:
        return f"used identifier {self.pk}"

    @classmethod
    def use(cls, digest: bytes, *, expires_at: datetime, now: datetime) -> bool:
        """Use an identifier up; return whether this call was the first."""
        is_first = cls.claim(digest, expires_at=expires_at)
        if is_first:
            sweeping.note_row(lambda: cls.long_over(now=now))
        return is_first

    @classmethod
    def long_over(cls, *, now: datetime) -> models.QuerySet[Any]:
        """Return the rows that can be removed."""
        return cls.objects.filter(expires_at__lt=now - KEPT)
