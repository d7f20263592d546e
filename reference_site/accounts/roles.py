"""Roles, and the scopes that each one allows on an account (wire §6)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

READ = "api.images.read"
WRITE = "api.images.write"
DELETE = "api.images.delete"
KEYWORDS = "api.keywords.write"
RATINGS = "api.ratings.write"
METADATA = "api.metadata.write"
SETS = "api.sets.write"
UPLOAD = "api.upload"
DOWNLOAD = "api.download"

ALL_SCOPES = frozenset({READ, WRITE, DELETE, KEYWORDS, RATINGS, METADATA, SETS, UPLOAD, DOWNLOAD})


class Role(models.TextChoices):
    """The role of a person in an account."""

    VIEWER = "viewer", _("viewer")
    EDITOR = "editor", _("editor")
    OWNER = "owner", _("owner")

    @property
    def scopes(self) -> frozenset[str]:
        """The scopes that this role allows."""
        return _SCOPES[self.value]


_SCOPES: dict[str, frozenset[str]] = {
    Role.VIEWER.value: frozenset({READ, DOWNLOAD}),
    Role.EDITOR.value: ALL_SCOPES - {DELETE},
    Role.OWNER.value: ALL_SCOPES,
}
