"""Legacy use: what an application of the legacy profile did that OAuth 2.1 would have refused."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryModel


class LegacyUse(PrimaryModel):
    """How often one application did one of these things on one day, with an example. Written in batches."""

    class Habit(models.TextChoices):
        """What was done."""

        NO_PKCE = "no_pkce", _("Asked for a code without PKCE")
        PLAIN_PKCE = "plain_pkce", _("Asked for a code with the PKCE method “plain”")
        IMPLICIT = "implicit", _("Asked for a token in the address (implicit grant)")
        PATH_PREFIX = "path_prefix", _("Used a redirect URI that only begins like a registered one")
        OUT_OF_BAND = "out_of_band", _("Had a code shown on a page to be copied by hand")
        QUERY_TOKEN = "query_token", _("Sent an access token in the address")
        GET_CREDENTIALS = "get_credentials", _("Asked for client credentials by GET")

    # No constraint in the database: a batch must not fail because one application was deleted.
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="legacy_use", db_constraint=False, db_index=False
    )
    habit = models.CharField(max_length=16, choices=Habit)
    day = models.DateField()
    count = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()
    example = models.CharField(max_length=500, blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    class Meta:
        verbose_name = _("legacy use")
        verbose_name_plural = _("legacy use")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "habit", "day"], name="oauthcore_legacyuse_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.habit} of application {self.application_id} on {self.day}"
