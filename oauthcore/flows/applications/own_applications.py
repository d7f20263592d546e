"""A developer's applications: all of them, as one page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from oauthcore.accounts import User
from oauthcore.flows.applications.impact import last_use_of
from oauthcore.models import Application, ScopeRequest


@dataclass(frozen=True)
class OwnApplication:
    """One application, whether it waits for staff to approve a scope, and when it was last used."""

    application: Application
    is_waiting: bool
    last_used_at: datetime | None


def own_applications(user: User) -> list[OwnApplication]:
    """Return a person's applications by name: two queries, however many there are."""
    waiting = ScopeRequest.objects.filter(application=OuterRef("pk"), state=ScopeRequest.State.WAITING)
    found = list(
        Application.objects.filter(owner=user, deleted_at=None)
        .annotate(is_waiting=Exists(waiting))
        .order_by("name", "pk")
    )
    last_use = last_use_of(found)
    return [OwnApplication(one, one.is_waiting, last_use.get(one.pk)) for one in found]
