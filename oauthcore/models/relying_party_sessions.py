"""Relying-party sessions: a person is signed in at an application, from one browser session of this site.

The ``sid`` of id tokens and logout tokens names such a session (OpenID Connect Back-Channel Logout §2.1).
"""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID, uuid4

from django.conf import settings as django_settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore.accounts import User
from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryManager, PrimaryModel
from oauthcore.models.fields import DigestField
from oauthcore.models.grants import Grant


class RelyingPartySessions(models.QuerySet["RelyingPartySession"]):
    """Sessions at applications."""

    def in_browser(self, digest: bytes) -> Self:
        """Return the sessions that began in one browser session of this site."""
        return self.filter(browser=digest)


_Manager = PrimaryManager.from_queryset(RelyingPartySessions)


class RelyingPartySession(PrimaryModel):
    """A person is signed in at an application. The row is deleted when the session ends.

    ``browser`` is the digest of a random text in the browser session of this site. ``subject`` is the ``sub``
    that the application knows the person by.
    """

    sid = models.UUIDField(default=uuid4, unique=True, editable=False)
    browser = DigestField()
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="relying_party_sessions"
    )
    user = models.ForeignKey(
        django_settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="oauthcore_relying_parties"
    )
    subject = models.UUIDField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = _Manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("session at an application")
        verbose_name_plural = _("sessions at applications")
        constraints = [
            models.UniqueConstraint(
                fields=["browser", "application", "user"], name="oauthcore_relyingpartysession_once"
            )
        ]

    def __str__(self) -> str:
        return f"session {self.sid} at application {self.application_id}"

    @classmethod
    def begin(
        cls, *, browser: bytes, application: Application, user: User, subject: UUID, now: datetime
    ) -> RelyingPartySession:
        """Return the session of a person at an application, from one browser session: one SELECT, or INSERT.

        Its row stays locked until the transaction ends, so that it does not end before its grant is written.
        """
        session, _is_new = cls.objects.select_for_update().get_or_create(
            browser=browser,
            application=application,
            user=user,
            defaults={"subject": subject, "created_at": now},
        )
        if session.subject != subject:  # the application has another subject type now
            session.subject = subject
            session.save(update_fields=["subject"])
        return session

    @classmethod
    def hold(cls, sid: UUID) -> bool:
        """Lock the row of a session until the transaction ends; return whether there is one."""
        return cls.objects.select_for_update().filter(sid=sid).order_by().first() is not None

    @classmethod
    def hold_of(cls, user: User) -> None:
        """Lock the rows of a person's sessions until the transaction ends."""
        list(cls.objects.select_for_update().filter(user=user.pk).order_by("pk").values_list("pk"))

    @classmethod
    def long_over(cls, *, before: datetime) -> models.QuerySet[RelyingPartySession]:
        """Return the sessions that began before then, and of which no grant is left."""
        grants = Grant.objects.filter(
            user=OuterRef("user"), application=OuterRef("application"), sid=OuterRef("sid")
        )
        return cls.objects.filter(~Exists(grants), created_at__lt=before)
