"""Checks of cleaning up: how often it happens, and when it was last through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.utils import timezone

from oauthcore import conf
from oauthcore.checks.configuration import check_settings
from oauthcore.checks.tables import is_migrated
from oauthcore.models.database import primary


@register()
def check_share_of_writes(**_: Any) -> list[CheckMessage]:
    """Check how many writes lead to one clean-up."""
    if check_settings() or conf.settings().CLEANUP_ON_WRITES >= 0:
        return []
    hint = "Give a whole number; 0 leaves cleaning up to the command oauthcore_cleanup."
    return [Error("CLEANUP_ON_WRITES is negative.", hint=hint, id="oauthcore.E007")]


@register(Tags.database)
def check_last_cleanup(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Check that somebody cleans up. It is a warning: nothing but the size of tables depends on it."""
    from oauthcore.models import CleanupRun, Grant
    from oauthcore.models.cleanup_runs import OVERDUE

    if primary() not in (databases or ()) or check_settings() or not is_migrated(CleanupRun):
        return []
    now = timezone.now()
    oldest = Grant.objects.order_by("created_at", "pk").values_list("created_at", flat=True).first()
    if oldest is None or oldest > now - OVERDUE:
        return []  # there was nothing to remove yet
    finished_at = CleanupRun.last_finished()
    if finished_at is not None and finished_at > now - OVERDUE:
        return []
    text = "Old rows were never removed." if finished_at is None else "Old rows were last removed on {day}."
    hint = "Run manage.py oauthcore_cleanup once a day, from a timer, or give CLEANUP_ON_WRITES its default."
    day = "" if finished_at is None else f"{finished_at:%Y-%m-%d}"
    return [Caution(text.format(day=day), hint=hint, id="oauthcore.W060")]
