"""Trusted issuers (ID-JAG), and their subjects: the people of the site whom they name."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore.accounts import User
from oauthcore.languages import translated
from oauthcore.models.natural_keys import KeyedModel, after
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.jose.public_keys import PublicKey, as_text, parse_key_set
from oauthcore.rules.wire.https_urls import HttpsURL


class TrustedIssuer(KeyedModel):
    """An identity provider of a company: it says for which people of the company an application may act."""

    NATURAL_KEY = ("issuer",)

    issuer = models.CharField(
        _("issuer"),
        max_length=255,
        unique=True,
        help_text=_("Exactly as the identity provider writes it into its JWTs (iss)."),
    )
    name = models.CharField(_("name"), max_length=100)
    jwks = models.TextField(
        _("public keys"), blank=True, help_text=_("A JWK Set. Leave it empty where an address is given.")
    )
    jwks_uri = models.CharField(
        _("address of its keys"),
        max_length=255,
        blank=True,
        help_text=_("An https address of a JWK Set. It is read again at most once a minute."),
    )
    is_enabled = models.BooleanField(pgettext_lazy("issuer", "enabled"), default=True)
    created_at = models.DateTimeField(pgettext_lazy("time", "added"), default=timezone.now, editable=False)
    keys_fetched_at = models.DateTimeField(pgettext_lazy("time", "keys fetched"), null=True, editable=False)
    last_used_at = models.DateTimeField(pgettext_lazy("time", "last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("trusted issuer")
        verbose_name_plural = _("trusted issuers")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def find(cls, issuer: str) -> TrustedIssuer | None:
        """Return the enabled issuer with exactly this name, or None."""
        found = cls.objects.filter(issuer=issuer, is_enabled=True).first()
        return found if found is not None and found.issuer == issuer else None

    @property
    def keys(self) -> tuple[PublicKey, ...]:
        """Its public keys that were stored or read last."""
        return parse_key_set(self.jwks, skips_strange=True) if self.jwks else ()

    def clean(self) -> None:
        """Raise ValidationError for invalid keys, and if there are neither keys nor an address."""
        if not self.jwks and not self.jwks_uri:
            raise ValidationError(_("Give the public keys, or their address."))
        try:
            if self.jwks:
                self.jwks = as_text(parse_key_set(self.jwks))
        except InvalidKey as problem:
            raise ValidationError({"jwks": translated(problem)}) from None
        try:
            if self.jwks_uri:
                HttpsURL.parse(self.jwks_uri)
        except ValueError as problem:
            raise ValidationError({"jwks_uri": translated(problem)}) from None


class IssuerSubject(KeyedModel):
    """A person of the site, as an issuer names them (``sub``)."""

    NATURAL_KEY = ("issuer__issuer", "subject")

    issuer = models.ForeignKey(
        TrustedIssuer,
        verbose_name=_("issuer"),
        on_delete=models.CASCADE,
        related_name="subjects",
        db_index=False,
    )
    subject = models.CharField(_("subject (sub)"), max_length=255)
    user = models.ForeignKey(
        django_settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="oauthcore_subjects",
    )
    created_at = models.DateTimeField(pgettext_lazy("time", "added"), default=timezone.now, editable=False)

    natural_key = after("oauthcore.trustedissuer")

    class Meta:
        verbose_name = _("person of an issuer")
        verbose_name_plural = _("people of issuers")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="oauthcore_issuersubject_once")
        ]

    def __str__(self) -> str:
        return f"{self.subject} of {self.issuer_id}"

    @classmethod
    def person(cls, issuer: TrustedIssuer, subject: str) -> User | None:
        """Return the person with exactly this subject at the issuer, or None: one query."""
        found = cls.objects.select_related("user").filter(issuer=issuer, subject=subject).first()
        return found.user if found is not None and found.subject == subject else None
