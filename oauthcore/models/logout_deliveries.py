"""Logout deliveries: logout tokens for applications (OpenID Connect Back-Channel Logout §2.5).

A delivery is written together with what ends, and sent afterwards. ``due_at`` is when it is sent next. The
process that sends it first moves ``due_at`` on, so that no other sends it at the same moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryManager, PrimaryModel, retried

#: After so long, a delivery that never arrived is given up.
LONGEST = timedelta(days=1)
#: For how long a delivery that is being sent belongs to the process that sends it.
LEASE = timedelta(minutes=5)
#: The pause after the first failure. Each further failure doubles it, up to the longest pause.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=4)


class LogoutDeliveries(models.QuerySet["LogoutDelivery"]):
    """Deliveries of every state."""

    def due(self, now: datetime) -> Self:
        """Return the deliveries that are to be sent now, the longest waiting first."""
        return self.filter(due_at__lte=now).order_by("due_at", "pk")

    def due_applications(self, now: datetime) -> models.QuerySet[LogoutDelivery, int]:
        """Return the numbers of the applications with due deliveries, the longest waiting first."""
        rows = self.filter(due_at__lte=now).order_by().values("application_id")
        return (
            rows.annotate(first=models.Min("due_at"))
            .order_by("first")
            .values_list("application_id", flat=True)
        )


_Manager = PrimaryManager.from_queryset(LogoutDeliveries)


class LogoutDelivery(PrimaryModel):
    """A logout token for an application. Without ``sid`` it ends all sessions of the person there."""

    class State(models.TextChoices):
        """The result of a delivery."""

        DELIVERED = "delivered", pgettext_lazy("logout token", "Delivered")
        GIVEN_UP = "given_up", pgettext_lazy("logout token", "Given up")
        TRIED = "tried", pgettext_lazy("logout token", "Not arrived yet")
        WAITING = "waiting", pgettext_lazy("logout token", "Not sent yet")

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="logout_deliveries", db_index=False
    )
    subject = models.UUIDField(_("subject"))
    sid = models.UUIDField(pgettext_lazy("of a person", "session"), null=True)
    created_at = models.DateTimeField(pgettext_lazy("time", "logged out"), default=timezone.now)
    due_at = models.DateTimeField(pgettext_lazy("time", "sent next"), null=True, db_index=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    tried_at = models.DateTimeField(pgettext_lazy("time", "last try"), null=True)
    outcome = models.CharField(_("last answer"), max_length=200, blank=True)
    delivered_at = models.DateTimeField(pgettext_lazy("time", "delivered"), null=True)
    given_up_at = models.DateTimeField(pgettext_lazy("time", "given up"), null=True)

    objects = _Manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("logout delivery")
        verbose_name_plural = _("logout deliveries")
        indexes = [
            models.Index(fields=["application", "created_at"], name="oauthcore_logout_application"),
            models.Index(fields=["created_at", "id"], name="oauthcore_logout_created"),
        ]

    def __str__(self) -> str:
        return f"logout delivery {self.pk}"

    @property
    def state(self) -> State:
        """The result so far."""
        if self.delivered_at is not None:
            return self.State.DELIVERED
        if self.given_up_at is not None:
            return self.State.GIVEN_UP
        return self.State.TRIED if self.tries else self.State.WAITING

    @classmethod
    def of(
        cls, application: Application, *, subject: UUID, sid: UUID | None, now: datetime
    ) -> LogoutDelivery:
        """Return a new delivery, which is due at once. The caller saves it."""
        return cls(application=application, subject=subject, sid=sid, created_at=now, due_at=now)

    @classmethod
    def long_over(cls, *, before: datetime) -> models.QuerySet[LogoutDelivery]:
        """Return the deliveries from before then that are not due any more."""
        return cls.objects.filter(due_at=None, created_at__lt=before)

    @retried
    def claim(self, *, now: datetime) -> bool:
        """Reserve it for the caller, who sends it now; return False if another process has reserved it."""
        until, tries = now + LEASE, self.tries + 1
        rows = LogoutDelivery.objects.filter(pk=self.pk, due_at=self.due_at)
        if not rows.update(due_at=until, tries=tries, tried_at=now):
            return False
        self.due_at, self.tries = until, tries
        return True

    @retried
    def settle(self, outcome: str, *, was_delivered: bool, now: datetime) -> None:
        """Note the answer of a claimed delivery: it is delivered, tried again later, or given up."""
        again_at = now + self._pause
        changes: dict[str, object] = {"outcome": outcome[:200], "due_at": None}
        if was_delivered:
            changes["delivered_at"] = now
        elif again_at > self.created_at + LONGEST:
            changes["given_up_at"] = now
        else:
            changes["due_at"] = again_at
        self._as_claimed().update(**changes)

    @retried
    def postpone_others(self, *, now: datetime) -> None:
        """Let the other due deliveries of its application wait as long as this one."""
        rows = LogoutDelivery.objects.due(now).filter(application=self.application_id)
        rows.order_by().update(due_at=now + self._pause)

    @retried
    def drop(self, outcome: str, *, now: datetime) -> None:
        """Give up a claimed delivery at once."""
        self._as_claimed().update(outcome=outcome[:200], due_at=None, given_up_at=now)

    @property
    def _pause(self) -> timedelta:
        factor: int = 2 ** min(self.tries - 1, 16)
        return min(LONGEST_PAUSE, FIRST_PAUSE * factor)

    def _as_claimed(self) -> models.QuerySet[LogoutDelivery]:
        """Return its row, unless the lease has ended and another process has claimed it since."""
        return LogoutDelivery.objects.filter(pk=self.pk, due_at=self.due_at)
