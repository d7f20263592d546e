"""Disconnecting: a person ends the access of one application, or of all applications."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from oauthcore.accounts import User
from oauthcore.flows.connections.withdraw import withdraw
from oauthcore.models import Application, Consent, Grant
from oauthcore.models.database import atomic, retried

REASON = "ended by the person"


def end_application(user: User, number: int, *, now: datetime) -> Application | None:
    """End the access of one application; return the application, or None if it never had access.

    Ending it twice is not an error: a second browser tab may still show it.
    """
    grants = Grant.objects.filter(user=user)
    application = _connected(user, grants).filter(pk=number).first()
    if application is not None:
        withdraw(application, user, REASON, now=now)
    return application


@retried
def end_applications(user: User, *, now: datetime) -> None:
    """End the access of all applications in one transaction."""
    unended = Grant.objects.filter(user=user, revoked_at=None)
    with atomic():
        # In a fixed order, so that two calls at once cannot deadlock.
        for application in _connected(user, unended).order_by("pk"):
            withdraw(application, user, REASON, now=now)


def _connected(user: User, grants: QuerySet[Grant]) -> QuerySet[Application]:
    consents = Consent.objects.filter(user=user, application=OuterRef("pk"))
    is_connected = Q(Exists(consents)) | Q(Exists(grants.filter(application=OuterRef("pk"))))
    return Application.objects.filter(is_connected, deleted_at=None)
