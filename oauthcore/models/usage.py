"""When, how often and from where each grant was last used, a row a day."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from oauthcore.models.database import PrimaryModel
from oauthcore.models.grants import Grant


class Usage(PrimaryModel):
    """The use of one grant on one day, written in batches: using a token writes nothing to its grant.

    What is older than a month or two is merged: the row of a first of the month then stands for all of it.
    """

    # Without a constraint in the database: a batch must not fail because one of its grants was deleted
    # meanwhile.
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="usage", db_constraint=False)
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
