"""What may be used once only: a row whose key is unique, which the database lets one caller make."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, models
from django.utils.translation import gettext_lazy as _

from oauthcore.models.database import PrimaryModel, atomic, primary_connection
from oauthcore.models.fields import DigestField
from oauthcore.models.sweeping import Sweeping

#: For so long rows stay after they expired: clocks differ from machine to machine.
KEPT = timedelta(minutes=10)

#: So the table holds those of the last minutes, also where each request makes one.
sweeping = Sweeping(after=100, most=200)


class UsedOnce(PrimaryModel):
    """Something that was used up; its digest is unique."""

    digest = DigestField(unique=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True
        base_manager_name = "objects"  # read from the class right above a model: see PrimaryModel

    @classmethod
    def claim(cls, digest: bytes, *, expires_at: datetime) -> bool:
        """Use it up; return whether this call was the first. The database decides, with one statement."""
        # Where a transaction is under way, only this statement may be undone.
        with_savepoint = atomic() if primary_connection().in_atomic_block else nullcontext()
        try:
            with with_savepoint:
                cls._default_manager.create(digest=digest, expires_at=expires_at)
        except IntegrityError:
            return False
        return True


class UsedIdentifier(UsedOnce):
    """The ``jti`` of a JWT that was seen, of whom and for what the digest says. It tells no names."""

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
