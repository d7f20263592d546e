"""Grants: one row for each act of authorization. Ending it ends every token under it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid4

from django.conf import settings as django_settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.models import grant_statements
from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryManager, PrimaryModel, retried
from oauthcore.models.deletion import cascade
from oauthcore.models.fields import DigestField, WordsField
from oauthcore.models.grant_owners import OWNERS
from oauthcore.models.indexes import PrefixIndex
from oauthcore.models.lifetimes import gets_refresh_tokens, refresh_chain_end, session_end
from oauthcore.models.liveness import REASONS_TO_TELL, Revocable
from oauthcore.models.password_marks import accepted_marks, has_mark, password_mark
from oauthcore.models.security_events import SecurityEvent
from oauthcore.models.subjects import pairwise_subject_of
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oauth.step_up import UNKNOWN_LOGIN, Login


class Grants(Revocable["Grant"]):
    """Grants of every kind."""

    def with_password_of(self, user: User) -> Self:
        """Return the grants that a person opened under their present password."""
        return self.filter(user=user, password_mark__in=accepted_marks(user))

    def at_applications(self, user: User) -> Self:
        """Return a person's grants at applications. For a kind the index of everybody's may be read."""
        return self.filter(user=user, application__isnull=False)

    def on_devices(self, user: User) -> Self:
        """Return the grants that a person opened by signing in on devices."""
        return self.filter(user=user, application=None)


_Manager = PrimaryManager.from_queryset(Grants)


class Grant(PrimaryModel):
    """One act of authorization. It owns a refresh chain and access tokens.

    Its kinds: a person approves an application, an application acts for itself, a person signs in on a
    device, and staff make a service token.
    """

    class Kind(models.TextChoices):
        """What was done."""

        APPLICATION = "application", _("A person approved an application")
        CLIENT = "client", _("An application acts for itself")
        SESSION = "session", _("A person signed in on a device")
        SERVICE = "service", _("Staff made a service token")

    kind = models.CharField(max_length=16, choices=Kind)
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    label = models.CharField(max_length=200, blank=True)
    contact = models.EmailField(blank=True, db_default="")
    application = models.ForeignKey(Application, null=True, on_delete=cascade, related_name="grants")
    user = models.ForeignKey(
        django_settings.AUTH_USER_MODEL,
        null=True,
        on_delete=cascade,
        related_name="oauthcore_grants",
        db_index=False,
    )
    account_uuid = models.UUIDField(null=True, db_index=True)
    scopes = WordsField()
    # The protected resources that were approved (RFC 8707); empty means all. Newer columns have a default in
    # the database, because old code may still add rows during a deployment.
    resources = WordsField(db_default="")
    # When and how the person last logged in before they approved (RFC 9470).
    authenticated_at = models.DateTimeField(null=True)
    acr = models.CharField(max_length=16, blank=True, db_default="")
    # OpenID Connect: the methods of that login, the approved claims ({"userinfo": […], "id_token": […]}), the
    # subject if the application has its own, and the session that its logout token names.
    amr = WordsField(db_default="")
    claims = models.JSONField(null=True)
    pairwise_subject = models.UUIDField(null=True)
    sid = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, db_index=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=64, blank=True)
    password_mark = DigestField(null=True)
    allowed_networks = models.JSONField(null=True)
    max_request_bytes = models.PositiveBigIntegerField(null=True)
    # The package whose token opened it, if it was imported.
    imported_from = models.CharField(max_length=32, null=True)  # noqa: DJ001 - null is "it was not", and most rows
    standing_for = models.OneToOneField(
        Application, null=True, on_delete=cascade, related_name="standing_grant"
    )

    objects = _Manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        indexes = [
            models.Index(fields=["user", "application"], name="oauthcore_grant_user_app"),
            # For the lists of the admin: newest first, of one kind or all; ended grants; names by prefix.
            models.Index(fields=["created_at", "id"], name="oauthcore_grant_created"),
            models.Index(fields=["kind", "created_at", "id"], name="oauthcore_grant_kind"),
            models.Index(fields=["revoked_at"], name="oauthcore_grant_revoked"),
            PrefixIndex("label", name="oauthcore_grant_label"),
            PrefixIndex("contact", name="oauthcore_grant_contact"),
        ]
        constraints = [
            *(
                models.CheckConstraint(
                    name=f"oauthcore_grant_{kind}", condition=~models.Q(kind=kind) | owners
                )
                for kind, owners in OWNERS.items()
            ),
            models.CheckConstraint(
                name="oauthcore_grant_known_kind", condition=models.Q(kind__in=list(OWNERS))
            ),
            models.CheckConstraint(
                name="oauthcore_grant_lifetime",
                condition=models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=models.F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} grant {self.uuid}"

    @classmethod
    def open_for_person(
        cls,
        *,
        application: Application,
        user: User,
        scopes: Scopes,
        account_uuid: UUID | None,
        now: datetime,
        refreshes: bool = True,
        resources: frozenset[str] = frozenset(),
        expires_at: datetime | None = None,
        login: Login = UNKNOWN_LOGIN,
        claims: Mapping[str, list[str]] | None = None,
        sid: UUID | None = None,
    ) -> Grant:
        """Open the grant of a person who approves an application.

        It ends with its refresh chain or, without chain, at ``expires_at``. ``claims`` are the approved ones
        of an OpenID request.
        """
        refreshes = refreshes and gets_refresh_tokens(application, scopes)
        return cls.objects.create(
            kind=cls.Kind.APPLICATION,
            application=application,
            user=user,
            scopes=scopes,
            account_uuid=account_uuid,
            resources=resources,
            claims=claims,
            pairwise_subject=pairwise_subject_of(application, user),
            **_noted(login),
            sid=sid,
            created_at=now,
            expires_at=refresh_chain_end(application, now) if refreshes else expires_at,
            password_mark=password_mark(user),
        )

    @classmethod
    def new_session(cls, *, user: User, label: str, now: datetime, login: Login = UNKNOWN_LOGIN) -> Grant:
        """Return the grant of a person who signs in on a device. It is not stored yet."""
        return cls(
            kind=cls.Kind.SESSION,
            user=user,
            label=label,
            contact="",
            **_noted(login),
            created_at=now,
            expires_at=session_end(now),
            password_mark=password_mark(user),
        )

    @classmethod
    @retried
    def standing(cls, application: Application) -> Grant:
        """Return the one grant that an application has for itself. The first call opens it."""
        return cls.objects.get_or_create(
            standing_for=application,
            defaults={"kind": cls.Kind.CLIENT, "application": application, "scopes": application.scopes},
        )[0]

    @property
    def login(self) -> Login:
        """When and how strongly its person logged in before it was opened, if that was recorded.

        It is without the methods (``amr``): only id tokens name them, and checks do not read their column.
        """
        return Login(self.authenticated_at, self.acr)

    def is_live(self, now: datetime) -> bool:
        """Return whether it is live, with its user and application. The account backend is not asked."""
        return self.obstacle(now) is None

    def obstacle(self, now: datetime) -> str | None:
        """Return why it is not live, for the log and the application's developer, or None."""
        if self.revoked_at is not None:
            told = self.revoked_reason in REASONS_TO_TELL
            return f"the grant has ended: {self.revoked_reason}" if told else "the grant was ended by staff"
        if self.expires_at is not None and self.expires_at <= now:
            return "the grant has expired"
        if self.application_id is not None and not ((found := self.application) and found.is_live):
            return "the application is disabled, suspended or deleted"
        return None if self.user_id is None else self._obstacle_of_user()

    def _obstacle_of_user(self) -> str | None:
        user = self.user
        if user is None or not conf.settings().account_backend.is_live_user(user):
            return "the person is not active any more"
        is_same = self.password_mark is not None and has_mark(user, self.password_mark)
        return None if is_same else "the person has changed their password since"

    def renew_password_mark(self) -> None:
        """Renew the password mark of a live grant, if the mark was made with a fallback key."""
        if not django_settings.SECRET_KEY_FALLBACKS or self.user is None:
            return
        current = password_mark(self.user)
        if current != self.password_mark:
            # Only if the mark is as it was read: a rehash of the password may have changed it meanwhile.
            as_read = Grant.objects.filter(pk=self.pk, password_mark=self.password_mark)
            as_read.update(password_mark=current)

    def widen(self, scopes: Scopes) -> None:
        """Set the scopes after staff gave the application more. It changes only the kind ``client``."""
        Grant.objects.filter(pk=self.pk, kind=self.Kind.CLIENT).update(scopes=scopes)
        self.scopes = scopes

    def revoke(self, reason: str, *, now: datetime, event: SecurityEvent) -> bool:
        """End it with all its tokens and add the event, or do neither; return whether this call did."""
        return event.add_with(
            grant_statements.REVOKE_AND_ADD, id=self.pk, revoked_at=now, revoked_reason=reason
        )


def _noted(login: Login) -> dict[str, Any]:
    return {"authenticated_at": login.at, "acr": login.acr, "amr": frozenset(login.amr)}
