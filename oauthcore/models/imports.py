"""Imports: how far the import from each package has come, and when the last imported token ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore import conf
from oauthcore.models.database import PrimaryModel

#: For how long a process believes what it has read of when imported tokens end.
REMEMBERED = timedelta(seconds=10)


class Import(PrimaryModel):
    """The import from one package. Its cursor is committed together with the rows before it."""

    source = models.CharField(_("package"), max_length=32, unique=True)
    #: The stage that is under way, and the key of the last row that was taken in it; empty between two runs.
    cursor = models.JSONField(default=dict)
    #: What the last run did to the rows of each stage: taken, known, left and noted, with the reasons.
    counts = models.JSONField(default=dict)
    #: Lifetimes that the package leaves open are counted from the first run, so each run finds the same end.
    first_started_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(pgettext_lazy("time", "started"), default=timezone.now)
    finished_at = models.DateTimeField(pgettext_lazy("time", "finished"), null=True)
    last_ends_at = models.DateTimeField(_("its last token ends"), null=True)
    never_ends = models.BooleanField(_("it has tokens that never end"), default=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"import from {self.source}"

    def is_live(self, now: datetime) -> bool:
        """Return whether any of its tokens may still be live."""
        return self.never_ends or (self.last_ends_at is not None and self.last_ends_at > now)


class _Memory:
    """What this process has read of the imports, and when."""

    read_at: datetime | None = None
    imports: Mapping[str, Import] = {}


def live_sources(now: datetime) -> tuple[str, ...]:
    """Return those of ``IMPORTED_TOKENS`` of which a token may be live. It asks the database now and then."""
    read_at = _Memory.read_at
    if read_at is None or not read_at <= now < read_at + REMEMBERED:
        _Memory.imports = {one.source: one for one in Import.objects.all()}
        _Memory.read_at = now
    imports: Mapping[str, Any] = _Memory.imports
    return tuple(
        name for name in conf.settings().IMPORTED_TOKENS if name in imports and imports[name].is_live(now)
    )


def forget() -> None:
    """Forget what was read: a test, or a run that has just taken tokens, wants the present state."""
    _Memory.read_at = None
