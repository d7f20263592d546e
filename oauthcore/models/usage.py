"""The use of each grant: when, how often and from where. One row a day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from oauthcore.models.database import PrimaryModel
from oauthcore.models.grants import Grant


class Usage(PrimaryModel):
    """The use of one grant on one day. It is written in batches, and the grant itself is not changed.

    After a month or two the days are merged: the row of the first day then counts for its whole month.
    """

    # No constraint in the database: a batch must not fail because a grant was deleted meanwhile.
    grant = models.ForeignKey(
        Grant, on_delete=models.CASCADE, related_name="usage", db_constraint=False, db_index=False
    )
    day = models.DateField()
    count = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()
    last_address = models.CharField(max_length=45, blank=True)

    class Meta:
        verbose_name = _("usage")
        verbose_name_plural = _("usage")
        constraints = [models.UniqueConstraint(fields=["grant", "day"], name="oauthcore_usage_once_a_day")]

    def __str__(self) -> str:
        return f"use of grant {self.grant_id} on {self.day}"
