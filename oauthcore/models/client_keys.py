"""The public keys of applications that authenticate with ``private_key_jwt`` (RFC 7523)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore.models.applications import Application
from oauthcore.models.fields import DigestField
from oauthcore.models.natural_keys import KeyedModel, after
from oauthcore.rules.jose.public_keys import PublicKey, parse_key


class ClientKey(KeyedModel):
    """One public key of an application, as a JWK. All keys of an application are replaced together."""

    NATURAL_KEY = ("application__client_id", "thumbprint")

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="client_keys", db_index=False
    )
    #: The thumbprint (RFC 7638), which does not depend on the ``kid``.
    thumbprint = DigestField()
    name = models.CharField(_("key"), max_length=255)
    jwk = models.TextField()
    created_at = models.DateTimeField(pgettext_lazy("time", "added"), default=timezone.now)
    last_used_at = models.DateTimeField(pgettext_lazy("time", "last used"), null=True, blank=True)

    natural_key = after("oauthcore.application")

    class Meta:
        verbose_name = _("client key")
        verbose_name_plural = _("client keys")
        constraints = [
            models.UniqueConstraint(fields=["application", "thumbprint"], name="oauthcore_clientkey_once")
        ]

    def __str__(self) -> str:
        return f"key {self.name} of application {self.application_id}"

    @property
    def public(self) -> PublicKey:
        """The key to check signatures with."""
        return parse_key(json.loads(self.jwk))

    @property
    def kind(self) -> str:
        """Its algorithms, in a few words."""
        return ", ".join(self.public.algorithms)

    @classmethod
    def replace(cls, application: Application, keys: Iterable[PublicKey], *, now: datetime) -> bool:
        """Give an application these keys and no others; return whether that changed anything.

        A key that stays keeps its time of last use. The caller has locked the application.
        """
        new = {key.digest: key for key in keys}
        has = {bytes(one.thumbprint): one for one in application.client_keys.all()}
        rows = {digest: _row(application, key, now=now) for digest, key in new.items()}
        kept = {digest for digest, row in rows.items() if digest in has and row.jwk == has[digest].jwk}
        gone = [one.pk for digest, one in has.items() if digest not in kept]
        for digest in rows.keys() & has.keys():
            rows[digest].last_used_at = has[digest].last_used_at
        cls.objects.filter(pk__in=gone).delete()
        ClientKey.objects.bulk_create(row for digest, row in rows.items() if digest not in kept)
        return bool(gone) or kept != rows.keys()


def _row(application: Application, key: PublicKey, *, now: datetime) -> ClientKey:
    return ClientKey(
        application=application,
        thumbprint=key.digest,
        name=key.name,
        jwk=json.dumps(key.members, separators=(",", ":")),
        created_at=now,
    )
