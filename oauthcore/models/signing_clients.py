"""The columns of an application about keys of its own (RFC 7523 §2.2)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore.models.database import PrimaryModel


class SigningClient(PrimaryModel):
    """How an application proves who it is with keys in place of a secret. Its keys are rows of their own."""

    uses_keys = models.BooleanField(
        _("signs with keys of its own"),
        default=False,
        db_default=False,
        editable=False,
        help_text=_("It proves who it is with JWTs that it signs (private_key_jwt), and has no secret."),
    )
    jwks_uri = models.CharField(
        _("address of its keys"), max_length=500, blank=True, db_default="", editable=False
    )
    keys_fetched_at = models.DateTimeField(pgettext_lazy("time", "keys fetched"), null=True, editable=False)

    class Meta:
        abstract = True
