"""Where the clean-up is, and when it was last through: one row, which processes take in turns."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from oauthcore.models.database import PrimaryModel, retried

#: A process that has not given the row back after so long has died. Another one goes on.
HELD_FOR = timedelta(minutes=5)
#: How long the row rests after a turn, and after the last step.
PAUSE, PAUSE_AT_THE_END = timedelta(minutes=1), timedelta(hours=1)
#: After so long without a clean-up somebody should look. One a day may be late, or fail once.
OVERDUE = timedelta(days=3)
_NAME = "cleanup"


class CleanupRun(PrimaryModel):
    """The clean-up beside the requests: its next step, and the last key that the step has passed."""

    name = models.CharField(max_length=16, unique=True, default=_NAME)
    free_at = models.DateTimeField()
    step = models.CharField(max_length=64, blank=True)
    last_key = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("clean-up")
        verbose_name_plural = _("clean-up")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def find(cls) -> CleanupRun | None:
        """Return the row, or None before the first clean-up."""
        return cls.objects.filter(name=_NAME).first()

    @classmethod
    def last_finished(cls) -> datetime | None:
        """Return when a clean-up was last through, or None if none ever was."""
        row = cls.find()
        return None if row is None else row.finished_at

    @classmethod
    @retried
    def claim(cls, *, now: datetime) -> CleanupRun | None:
        """Take the row for ``HELD_FOR``; return None if another process has it, or if it rests.

        The condition of the UPDATE decides. A time that is too far ahead was written by a wrong clock.
        """
        rows = cls.objects.filter(name=_NAME)
        free = rows.filter(Q(free_at__lte=now) | Q(free_at__gt=now + PAUSE_AT_THE_END + HELD_FOR))
        if not free.update(free_at=now + HELD_FOR):
            if rows.exists():
                return None
            cls._make()
            if not free.update(free_at=now + HELD_FOR):
                return None
        return rows.get()

    @retried
    def give_back(self, *, step: str, last_key: str, now: datetime) -> None:
        """Note where the next turn goes on: ``step`` is empty when the last one is done.

        Nothing is noted where another process has taken the row since, because this one was away too long.
        """
        is_finished = not step
        free_at = now + (PAUSE_AT_THE_END if is_finished else PAUSE)
        finished = {"finished_at": now} if is_finished else {}
        rows = CleanupRun.objects.filter(pk=self.pk, free_at=self.free_at)
        rows.update(step=step, last_key=last_key, free_at=free_at, **finished)

    @classmethod
    @retried
    def note_finished(cls, *, now: datetime) -> None:
        """Note that the command has cleaned up everything."""
        cls._make()
        cls.objects.filter(name=_NAME).update(finished_at=now)

    @staticmethod
    def _make() -> None:
        row = CleanupRun(name=_NAME, free_at=datetime.fromtimestamp(0, UTC))
        CleanupRun.objects.bulk_create([row], ignore_conflicts=True)
