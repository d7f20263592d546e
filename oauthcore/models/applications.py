"""Applications: registered clients, and what may be registered (RFC 6749 §2)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, URLValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore import conf
from oauthcore.models.application_problems import problem_with_redirect_uri, problems_of
from oauthcore.models.database import atomic
from oauthcore.models.deletion import end_owned
from oauthcore.models.fields import LinesField, WordsField
from oauthcore.models.indexes import PrefixIndex
from oauthcore.models.natural_keys import KeyedManager, KeyedModel
from oauthcore.models.openid_clients import OpenIDClient
from oauthcore.models.profiles import OF_RFC_6749, AccessTokenFormat, GrantType, LegacySwitch, Profile
from oauthcore.models.signing_clients import SigningClient
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oauth.self_registration import origin_of
from oauthcore.rules.text.hidden_text import ClearText
from oauthcore.rules.tokens.secrets import SecretKind

_is_website = URLValidator(("https", "http"))
_FILTERED = "client_type profile is_verified is_trusted is_enabled is_suspended is_self_registered"


def new_client_id() -> str:
    """Return a new client ID: a letter and 160 random bits in hex. So it is never a number."""
    return f"c{secrets.token_hex(20)}"


class ApplicationManager(KeyedManager["Application"]):
    """Makes applications."""

    def register(self, **values: Any) -> tuple[Application, ClearText | None]:
        """Save a new application; return it with its secret in clear, or with None for a public one.

        A legacy application without named switches gets optional PKCE, as always in that profile.
        Raises ValidationError, which names each wrong field. The secret cannot be shown again.
        """
        if values.get("profile") == Profile.OAUTH_2_0:
            values.setdefault("legacy_switches", [LegacySwitch.OPTIONAL_PKCE])
        application = self.model(**values)
        application.full_clean()
        with atomic():
            application.save()
            return application, application.add_secret() if application.has_secrets else None


class Application(OpenIDClient, SigningClient, KeyedModel):
    """A registered client: its rules, how it authenticates, and its redirect URIs (RFC 6749 §2)."""

    class ClientType(models.TextChoices):
        """Whether the application can keep a secret (RFC 6749 §2.1)."""

        CONFIDENTIAL = "confidential", _("Confidential: runs on a server and keeps a secret")
        PUBLIC = "public", _("Public: runs on people's devices and cannot keep a secret")

    NATURAL_KEY = ("client_id",)

    client_id = models.CharField(_("client ID"), max_length=255, unique=True, default=new_client_id)
    name = models.CharField(_("name"), max_length=100)
    website = models.CharField(_("website"), max_length=500, blank=True, validators=[_is_website])
    owner = models.ForeignKey(
        django_settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=end_owned,
        related_name="oauthcore_applications",
    )
    client_type = models.CharField(_("client type"), max_length=16, choices=ClientType)
    profile = models.CharField(_("profile"), max_length=16, choices=Profile, default=Profile.OAUTH_2_1)
    # Newer columns have a default in the database, because old code may still add rows during a deployment.
    legacy_switches = WordsField(
        _("legacy switches"),
        db_default="",
        help_text=_("What it may still do, although OAuth 2.1 no longer allows it."),
    )
    redirect_uris = LinesField(_("redirect URIs"), help_text=_("One per line."))
    grant_types = WordsField(_("grant types"))
    scopes = WordsField(_("scopes"), help_text=_("The scopes it may ask for."))
    default_scopes = WordsField(
        _("default scopes"), help_text=_("The scopes that it gets when it asks for none.")
    )
    required_scopes = WordsField(
        _("required scopes"),
        db_default="",
        help_text=_("The scopes that it always needs: people cannot clear these boxes."),
    )
    access_token_lifetime = models.PositiveIntegerField(
        _("access token lifetime"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    refresh_token_lifetime = models.PositiveIntegerField(
        _("refresh token lifetime"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    refresh_token_grace = models.PositiveIntegerField(
        _("refresh token grace"),
        null=True,
        blank=True,
        help_text=_(
            "For how many seconds a used refresh token is answered again; empty for the value of the site."
        ),
    )
    access_token_format = models.CharField(
        _("access token format"),
        max_length=8,
        choices=AccessTokenFormat,
        default=AccessTokenFormat.OPAQUE,
        db_default=AccessTokenFormat.OPAQUE,
    )
    access_tokens_expire = models.BooleanField(_("access tokens expire"), default=True)
    dpop_bound_access_tokens = models.BooleanField(
        _("tokens bound to a key"), default=False, db_default=False, help_text=_("It gets no others (DPoP).")
    )
    is_verified = models.BooleanField(pgettext_lazy("application", "verified"), default=False)
    is_trusted = models.BooleanField(
        _("trusted"), default=False, help_text=_("People are not asked for consent.")
    )
    may_introspect = models.BooleanField(_("may introspect tokens"), default=False)
    requires_pushed_requests = models.BooleanField(_("has to push requests"), default=False, db_default=False)
    is_enabled = models.BooleanField(pgettext_lazy("application", "enabled"), default=True)
    is_suspended = models.BooleanField(
        pgettext_lazy("application", "suspended"),
        default=False,
        db_default=False,
        help_text=_("Staff have suspended it. Its developer cannot turn it on again."),
    )
    is_self_registered = models.BooleanField(
        pgettext_lazy("application", "registered itself"), default=False, db_default=False, editable=False
    )
    logo_version = models.CharField(max_length=16, blank=True, db_default="", editable=False)
    created_at = models.DateTimeField(pgettext_lazy("time", "created"), default=timezone.now, editable=False)
    first_approved_at = models.DateTimeField(null=True, editable=False)
    deleted_at = models.DateTimeField(pgettext_lazy("time", "deleted"), null=True, blank=True, editable=False)

    objects: ClassVar[ApplicationManager] = ApplicationManager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        # For order, search and filters in the admin. Deleted rows are found by an index alone.
        indexes = [
            models.Index(fields=["name", "id"], name="oauthcore_app_order"),
            PrefixIndex("name", name="oauthcore_app_name"),
            models.Index(fields=["deleted_at", "id"], name="oauthcore_app_deleted"),
            *(models.Index(fields=[one], name=f"oauthcore_app_{one}"[:30]) for one in _FILTERED.split()),
        ]
        constraints = [
            models.CheckConstraint(
                name="oauthcore_application_legacy_switches",
                condition=models.Q(profile=Profile.OAUTH_2_0) | models.Q(legacy_switches=frozenset()),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_confidential(self) -> bool:
        """Whether it must authenticate."""
        return self.client_type == self.ClientType.CONFIDENTIAL

    @property
    def has_secrets(self) -> bool:
        """Whether it authenticates with a secret."""
        return self.is_confidential and not self.uses_keys

    @property
    def may_use_keys(self) -> bool:
        """Whether it may authenticate with keys of its own. An application that has keys may go on."""
        is_fitting = self.is_confidential and not self.is_legacy
        return is_fitting and (self.uses_keys or conf.settings().PRIVATE_KEY_JWT)

    @property
    def registered_from(self) -> str:
        """The host of a self-registered application; empty if none is known."""
        return origin_of(self.client_id, self.redirect_uris) if self.is_self_registered else ""

    @property
    def is_known_to_staff(self) -> bool:
        """Whether staff have verified it or trust it."""
        return self.is_verified or self.is_trusted

    @property
    def is_stranger(self) -> bool:
        """Whether it registered itself, and staff do not know it. Anybody can make such an application."""
        return self.is_self_registered and not self.is_known_to_staff

    @property
    def is_live(self) -> bool:
        """Whether it is enabled, not suspended and not deleted."""
        return self.is_enabled and not self.is_suspended and self.deleted_at is None

    @property
    def is_legacy(self) -> bool:
        """Whether it has the legacy profile (OAuth 2.0)."""
        return self.profile == Profile.OAUTH_2_0

    def allows(self, grant_type: str) -> bool:
        """Return whether it is registered for a grant type that its profile allows.

        The legacy profile allows the grant types of RFC 6749 only. OAuth 2.1 allows all but implicit.
        """
        is_in_profile = grant_type in OF_RFC_6749 if self.is_legacy else grant_type != GrantType.IMPLICIT
        return is_in_profile and grant_type in self.grant_types

    def may(self, switch: LegacySwitch) -> bool:
        """Return whether it is a legacy application with this switch."""
        return self.is_legacy and switch.value in self.legacy_switches

    @property
    def scopes_by_default(self) -> Scopes:
        """The scopes of a request that names none: its own default, or its part of the site's default."""
        settings = conf.settings()
        if self.default_scopes:
            return frozenset(self.default_scopes)
        site = frozenset(settings.DEFAULT_SCOPES)
        return site if settings.vocabulary.is_within(site, frozenset(self.scopes)) else frozenset()

    def left_of(self, granted: Scopes) -> Scopes:
        """Return those of the granted scopes that it still has: staff may have taken some away."""
        return conf.settings().vocabulary.narrowed(granted, frozenset(self.scopes))

    def clean(self) -> None:
        """Raise ValidationError if it is not valid; each message says how to correct a field."""
        if errors := problems_of(self):
            raise ValidationError(errors)

    def problem_with_redirect_uri(self, uri: str, *, is_registered: bool = False) -> str | None:
        """Return why this application may not have, or no longer have, a redirect URI; None if it may."""
        return problem_with_redirect_uri(self, uri, is_registered=is_registered)

    def add_secret(self, *, now: datetime | None = None) -> ClearText:
        """Make another secret and return it in clear; it cannot be shown again."""
        secret = conf.settings().secret_format.make(SecretKind.CLIENT_SECRET)
        self.client_secrets.create(digest=secret.digest, hint=secret.hint, created_at=now or timezone.now())
        return secret.reveal()

    def rotate_secret(self, *, overlap: timedelta = timedelta()) -> ClearText:
        """Make a new secret and return it in clear. The one before lives on for the overlap; older ones end.

        So at most two secrets are live, and only a few ended secrets are kept.
        """
        with atomic():
            # Lock the application: two rotations at once would leave three live secrets.
            Application.objects.select_for_update().get(pk=self.pk)
            now = timezone.now()
            self.client_secrets.all().give_way(overlap=overlap, now=now)
            self.client_secrets.all().remove_long_ended(now)
            return self.add_secret(now=now)
