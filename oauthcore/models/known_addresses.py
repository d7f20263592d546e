"""Addresses from which a person has signed in before. There, strangers elsewhere cannot lock them out."""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.models.database import PrimaryModel, write_over
from oauthcore.models.fields import DigestField
from oauthcore.models.statements import Select, param


class KnownAddress(PrimaryModel):
    """One person has signed in from one address. Only a digest of both is stored."""

    digest = DigestField(unique=True)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("known address")
        verbose_name_plural = _("known addresses")

    def __str__(self) -> str:
        return f"known address {self.pk}"

    @classmethod
    def is_known(cls, digest: bytes) -> bool:
        """Return whether the person has signed in from the address before, and not too long ago."""
        since = timezone.now() - timedelta(seconds=conf.settings().KNOWN_ADDRESS_LIFETIME)
        return _IS_KNOWN.first(digest=digest, since=since) is not None

    def remember(self) -> None:
        """Store it, or that the person signed in from it once more: one statement."""
        write_over(self, key="digest", fields=["last_at"])


_IS_KNOWN = Select(
    lambda: KnownAddress.objects.filter(
        digest=param(KnownAddress, "digest"), last_at__gt=param(KnownAddress, "since", field="last_at")
    ),
    {"": "last_at"},
)
