"""Scope requests: a developer asks for a scope that staff have to approve first."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore.models.applications import Application
from oauthcore.models.indexes import PrefixIndex
from oauthcore.models.natural_keys import KeyedModel, after


class ScopeRequest(KeyedModel):
    """A request of an application for a scope, with the reason and the answer of staff. One row a scope."""

    NATURAL_KEY = ("application__client_id", "scope")

    class State(models.TextChoices):
        """The state of the request."""

        WAITING = "waiting", pgettext_lazy("scope request", "Waiting for staff")
        APPROVED = "approved", pgettext_lazy("scope request", "Approved")
        REFUSED = "refused", pgettext_lazy("scope request", "Refused")

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="scope_requests", db_index=False
    )
    scope = models.CharField(_("scope"), max_length=255)
    reason = models.TextField(_("reason"), max_length=2000)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(pgettext_lazy("time", "asked"), default=timezone.now)
    decided_at = models.DateTimeField(pgettext_lazy("time", "decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        django_settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    answer = models.CharField(_("answer"), max_length=500, blank=True)

    natural_key = after("oauthcore.application")

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
