"""Scope requests: a developer asks for a scope that staff have to approve first."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryModel
from oauthcore.models.indexes import PrefixIndex


class ScopeRequest(PrimaryModel):
    """A request of an application for a scope, with the reason and the answer of staff. One row a scope."""

    class State(models.TextChoices):
        """The state of the request."""

        WAITING = "waiting", _("Waiting for staff")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="scope_requests")
    scope = models.CharField(_("scope"), max_length=255)
    reason = models.TextField(_("reason"), max_length=2000)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        django_settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    answer = models.CharField(_("answer"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("scope request")
        verbose_name_plural = _("scope requests")
        indexes = [
            models.Index(fields=["-state", "created_at", "id"], name="oauthcore_scoperequest_queue"),
            PrefixIndex("scope", name="oauthcore_scoperequest_scope"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["application", "scope"], name="oauthcore_scoperequest_once")
        ]

    def __str__(self) -> str:
        return f"{self.scope} for {self.application.name}"
