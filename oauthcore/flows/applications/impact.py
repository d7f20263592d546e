"""The impact of ending an application: its people, its grants and its use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q, Sum

from oauthcore.models import Application, Consent, Grant, Usage

WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Impact:
    """How many people approved it, how much access it has now, and how much it was used lately."""

    people: int
    live_grants: int
    calls: int
    last_used_at: datetime | None


def impact_of(application: Application, *, now: datetime) -> Impact:
    """Return what would end with an application: three queries."""
    used = Usage.objects.filter(grant__application=application).aggregate(
        calls=Sum("count", filter=Q(day__gte=(now - WINDOW).date())), last=Max("last_at")
    )
    return Impact(
        people=Consent.objects.filter(application=application).count(),
        live_grants=Grant.objects.live(now).filter(application=application).count(),
        calls=used["calls"] or 0,
        last_used_at=used["last"],
    )


def last_use_of(applications: Iterable[Application]) -> dict[int, datetime]:
    """Return when each application was last used, by primary key; unused ones are missing. One query."""
    rows = (
        Usage.objects.filter(grant__application__in=list(applications))
        .values_list("grant__application")
        .annotate(last=Max("last_at"))
    )
    return dict(rows)
