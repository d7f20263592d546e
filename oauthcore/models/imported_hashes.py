"""Slow hashes of imported keys that were not used since the import."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from oauthcore.models.database import PrimaryModel
from oauthcore.models.tokens import Token


class ImportedHash(PrimaryModel):
    """A hash by one of Django's password hashers, of a key whose digest is not known.

    The digest of its token is that of the key's prefix, which no text of a token has. When the key is used,
    the token gets the digest of the key, and this row is removed. The database has no constraint: with one,
    each removal of tokens would look here first. The clean-up removes hashes whose token is gone.
    """

    token = models.OneToOneField(
        Token,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        related_name="imported_hash",
        db_constraint=False,
    )
    encoded = models.CharField(max_length=255)

    class Meta:
        verbose_name = _("imported hash")
        verbose_name_plural = _("imported hashes")

    def __str__(self) -> str:
        return f"hash of token {self.pk}"
