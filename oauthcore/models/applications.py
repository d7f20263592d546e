"""Applications: registered clients, and what may be registered (RFC 6749 §2)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, URLValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.models.deletion import end_owned
from oauthcore.models.fields import LinesField, WordsField
from oauthcore.rules import redirect_uris
from oauthcore.rules.scopes import Scopes, Vocabulary
from oauthcore.rules.secrets import SecretKind

_MOST_REDIRECT_URIS = 20


def new_client_id() -> str:
    """Return a new identifier: 160 random bits in hex behind a letter, so that it is never a number."""
    return f"c{secrets.token_hex(20)}"


class GrantType(models.TextChoices):
    """The ways an application may get tokens (RFC 6749 §1.3)."""

    AUTHORIZATION_CODE = "authorization_code", _("Authorization code")
    REFRESH_TOKEN = "refresh_token", _("Refresh token")
    CLIENT_CREDENTIALS = "client_credentials", _("Client credentials")


class ApplicationManager(models.Manager["Application"]):
    """Makes applications."""

    def register(self, **values: Any) -> tuple[Application, str | None]:
        """Save a new application; return it with its secret in clear, or with None for a public one.

        Raises ValidationError, naming each field that is wrong. The secret cannot be shown again.
        """
        application = self.model(**values)
        application.full_clean()
        with transaction.atomic(using=self.db):
            application.save(using=self.db)
            return application, application.add_secret() if application.is_confidential else None


class Application(models.Model):
    """A registered client: who may ask for tokens, how it says who it is, and where answers go."""

    class ClientType(models.TextChoices):
        """Whether it can keep a secret (RFC 6749 §2.1)."""

        CONFIDENTIAL = "confidential", _("Confidential: runs on a server and keeps a secret")
        PUBLIC = "public", _("Public: runs on people's devices and cannot keep a secret")

    class Profile(models.TextChoices):
        """The rule set it lives under."""

        OAUTH_2_1 = "oauth2.1", "OAuth 2.1"

    client_id = models.CharField(_("client ID"), max_length=255, unique=True, default=new_client_id)
    name = models.CharField(_("name"), max_length=100)
    website = models.CharField(
        _("website"), max_length=500, blank=True, validators=[URLValidator(("https", "http"))]
    )
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
    redirect_uris = LinesField(_("redirect URIs"), help_text=_("One per line."))
    grant_types = WordsField(_("grant types"))
    scopes = WordsField(_("scopes"), help_text=_("The scopes it may ask for."))
    default_scopes = WordsField(_("default scopes"), help_text=_("What it gets when it asks for none."))
    access_token_lifetime = models.PositiveIntegerField(
        _("access token lifetime"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    refresh_token_lifetime = models.PositiveIntegerField(
        _("refresh token lifetime"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    access_tokens_expire = models.BooleanField(_("access tokens expire"), default=True)
    is_verified = models.BooleanField(_("verified"), default=False)
    is_trusted = models.BooleanField(
        _("trusted"), default=False, help_text=_("People are not asked for consent.")
    )
    may_introspect = models.BooleanField(_("may introspect tokens"), default=False)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True, editable=False)

    objects = ApplicationManager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")

    def __str__(self) -> str:
        return self.name

    @property
    def is_confidential(self) -> bool:
        """Whether it has to prove who it is."""
        return self.client_type == self.ClientType.CONFIDENTIAL

    @property
    def is_live(self) -> bool:
        """Whether it may do anything at all."""
        return self.is_enabled and self.deleted_at is None

    def allows(self, grant_type: GrantType) -> bool:
        """Return whether it is registered for a grant type."""
        return grant_type.value in self.grant_types

    @property
    def scopes_by_default(self) -> Scopes:
        """What it asks for when it names no scope: its own default, or the site's as far as it has that."""
        settings = conf.settings()
        if self.default_scopes:
            return frozenset(self.default_scopes)
        site = frozenset(settings.DEFAULT_SCOPES)
        return site if settings.vocabulary.is_within(site, frozenset(self.scopes)) else frozenset()

    def clean(self) -> None:
        """Raise ValidationError for what no application may be; each message says how to mend it."""
        wrong = {
            "client_id": self._client_id_problem(),
            "redirect_uris": self._redirect_uri_problem(),
            "scopes": _scope_problem(self.scopes, conf.settings().vocabulary),
            "default_scopes": self._default_scope_problem(),
            "grant_types": self._grant_type_problem(),
        }
        errors = {name: text for name, text in wrong.items() if text}
        if errors:
            raise ValidationError(errors)

    def _client_id_problem(self) -> str | None:
        is_visible = self.client_id.isascii() and self.client_id.isprintable()  # RFC 6749 appendix A.1
        # Basic splits at the colon, and some clients percent-encode: without % and + both readings are one.
        if self.client_id.isdigit() or not is_visible or set(":%+") & set(self.client_id):
            return "A client ID is printable ASCII without : % and +, and not a number."
        return None

    def _redirect_uri_problem(self) -> str | None:
        if len(self.redirect_uris) > _MOST_REDIRECT_URIS:
            return f"An application has at most {_MOST_REDIRECT_URIS} redirect URIs."
        if not self.redirect_uris and self.allows(GrantType.AUTHORIZATION_CODE):
            return "The authorization code grant needs a redirect URI."
        return next(filter(None, map(redirect_uris.problem_with, self.redirect_uris)), None)

    def _default_scope_problem(self) -> str | None:
        if not conf.settings().vocabulary.is_within(frozenset(self.default_scopes), frozenset(self.scopes)):
            return "The default scopes are among the scopes of the application."
        return None

    def _grant_type_problem(self) -> str | None:
        if not set(self.grant_types) <= set(GrantType.values):
            return f"The grant types are {', '.join(GrantType.values)}."
        if self.allows(GrantType.CLIENT_CREDENTIALS) and not self.is_confidential:
            return "A public application cannot use client credentials: it has none."
        return None

    def add_secret(self, *, now: datetime | None = None) -> str:
        """Make another secret and return it in clear; it cannot be shown again."""
        secret = conf.settings().secret_format.make(SecretKind.CLIENT_SECRET)
        self.client_secrets.create(digest=secret.digest, hint=secret.hint, created_at=now or timezone.now())
        return secret.text

    def rotate_secret(self, *, overlap: timedelta = timedelta()) -> str:
        """Make a new secret and let the old ones end after the overlap; return the new one in clear."""
        now = timezone.now()
        ending = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now + overlap)
        with transaction.atomic(using=self._state.db):
            self.client_secrets.filter(ending).update(expires_at=now + overlap)
            return self.add_secret(now=now)


def _scope_problem(scopes: Iterable[str], vocabulary: Vocabulary) -> str | None:
    unknown = sorted(name for name in scopes if name not in vocabulary)
    return f"This site has no scope {unknown[0]}." if unknown else None
