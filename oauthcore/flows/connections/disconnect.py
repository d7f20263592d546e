"""Disconnecting: a person ends what has access to them, one thing or everything of its sort."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from oauthcore.accounts import User
from oauthcore.flows.connections.withdraw import withdraw
from oauthcore.models import Application, Consent, Grant
from oauthcore.models.database import atomic, retried

REASON = "ended by the person"


def end_application(user: User, number: int, *, now: datetime) -> Application | None:
    """Withdraw what the person allowed one application; return it, or None if they never allowed it anything.

    Ending it twice is no mistake: the second tab of a browser may not know of the first.
    """
    grants = Grant.objects.filter(user=user)
    application = _connected(user, grants).filter(pk=number).first()
    if application is not None:
        withdraw(application, user, REASON, now=now)
    return application


@retried
def end_applications(user: User, *, now: datetime) -> None:
    """Withdraw what the person allowed every application: all of it, or nothing when the database fails."""
    unended = Grant.objects.filter(user=user, revoked_at=None)
    with atomic():
        # In one order, so that two calls at once never wait for each other.
        for application in _connected(user, unended).order_by("pk"):
            withdraw(application, user, REASON, now=now)


def _connected(user: User, grants: QuerySet[Grant]) -> QuerySet[Application]:
    consents = Consent.objects.filter(user=user, application=OuterRef("pk"))
    is_connected = Q(Exists(consents)) | Q(Exists(grants.filter(application=OuterRef("pk"))))
    return Application.objects.filter(is_connected, deleted_at=None)
