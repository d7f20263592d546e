"""Dynamic registrations: applications that registered themselves (RFC 7591), and initial access tokens."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings as django_settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryManager, PrimaryModel
from oauthcore.models.fields import DigestField
from oauthcore.models.liveness import Revocable
from oauthcore.rules.tokens.secrets import Secret


class InitialAccessTokens(Revocable["InitialAccessToken"]):
    """Initial access tokens."""


_Manager = PrimaryManager.from_queryset(InitialAccessTokens)


class InitialAccessToken(PrimaryModel):
    """A token made by staff, with which a number of applications can register (RFC 7591 §1.2)."""

    label = models.CharField(_("name"), max_length=100)
    digest = DigestField(unique=True)
    hint = models.CharField(max_length=8)
    uses = models.PositiveIntegerField(
        _("number of applications"), default=1, validators=[MinValueValidator(1)]
    )
    used = models.PositiveIntegerField(_("registered so far"), default=0, editable=False)
    made_by = models.ForeignKey(
        django_settings.AUTH_USER_MODEL,
        verbose_name=_("made by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(pgettext_lazy("time", "created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(pgettext_lazy("time", "expires"))
    revoked_at = models.DateTimeField(pgettext_lazy("time", "revoked"), null=True, editable=False)

    objects = _Manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("initial access token")
        verbose_name_plural = _("initial access tokens")
        constraints = [
            models.CheckConstraint(
                name="oauthcore_initialaccesstoken_uses",
                condition=models.Q(used__lte=models.F("uses")),
            )
        ]

    def __str__(self) -> str:
        return f"initial access token …{self.hint}"

    @classmethod
    def find(cls, secret: Secret) -> InitialAccessToken | None:
        """Return the token that a secret belongs to, or None."""
        return cls.objects.filter(digest=secret.digest).first()

    def obstacle(self, now: datetime) -> str | None:
        """Return why nobody can register with it any more, or None."""
        if self.revoked_at is not None:
            return "the initial access token was revoked"
        if self.expires_at <= now:
            return "the initial access token has expired"
        return None if self.used < self.uses else "the initial access token is used up"

    def use(self, *, now: datetime) -> bool:
        """Count one more application, atomically; return False if the token is used up or not live."""
        rows = InitialAccessToken.objects.live(now).filter(pk=self.pk, used__lt=F("uses"))
        return rows.update(used=F("used") + 1) == 1

    def revoke(self, *, now: datetime) -> bool:
        """End it; return whether this call did."""
        rows = InitialAccessToken.objects.filter(pk=self.pk, revoked_at__isnull=True)
        return rows.update(revoked_at=now) == 1


class DynamicRegistration(PrimaryModel):
    """The client metadata without a column in :class:`Application`, and the registration access token.

    Only the digest of that token is stored. It lives as long as the application. If it leaks, it is ended,
    and then only staff can manage the application.
    """

    application = models.OneToOneField(
        Application, on_delete=models.CASCADE, related_name="dynamic_registration"
    )
    initial_access_token = models.ForeignKey(
        InitialAccessToken, null=True, on_delete=models.PROTECT, related_name="registrations"
    )
    digest = DigestField(unique=True, null=True)
    hint = models.CharField(max_length=8)
    application_type = models.CharField(max_length=8)
    auth_method = models.CharField(max_length=32)
    software_id = models.CharField(max_length=100, blank=True)
    software_version = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("dynamic registration")
        verbose_name_plural = _("dynamic registrations")

    def __str__(self) -> str:
        return f"dynamic registration of application {self.application_id}"

    @classmethod
    def find(cls, secret: Secret) -> DynamicRegistration | None:
        """Return the registration, with its application, unless that is deleted: one query."""
        rows = cls.objects.select_related("application")
        return rows.filter(digest=secret.digest, application__deleted_at=None).first()

    def end_management(self) -> bool:
        """End the registration access token; return whether this call did."""
        rows = DynamicRegistration.objects.filter(pk=self.pk, digest__isnull=False)
        return rows.update(digest=None) == 1
