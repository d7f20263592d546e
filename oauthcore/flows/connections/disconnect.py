"""Disconnecting: a person ends the access of one application, or of all applications."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from oauthcore.accounts import User
from oauthcore.flows.connections.withdraw import withdraw
from oauthcore.models import Application, Consent, Grant, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events, logouts

REASON = "ended by the person"
#: The access of how many applications one transaction ends.
_AT_ONCE = 25


def end_application(user: User, number: int, *, now: datetime) -> Application | None:
    """End the access of one application; return the application, or None if it never had access.

    Ending it twice is not an error: a second browser tab may still show it.
    """
    grants = Grant.objects.at_applications(user)
    application = _connected(user, grants).filter(pk=number).first()
    if application is not None:
        withdraw(application, user, REASON, now=now)
    return application


def end_applications(user: User, *, now: datetime) -> None:
    """End the access of all applications.

    A few are one transaction. Of many, all grants end first, in one statement. Then the consents are
    forgotten in batches, so that no lock lasts long. Where that is interrupted, no token works any more, and
    the page still lists the applications that can get new ones without asking.
    """
    unended = Grant.objects.at_applications(user).filter(revoked_at=None)
    # In a fixed order, so that two calls at once cannot deadlock.
    connected = _connected(user, unended).order_by("pk")
    applications = list(connected)
    if len(applications) > _AT_ONCE:
        _end_grants(user, unended, now)
        applications = list(connected.all())  # and those approved until then
    for first in range(0, len(applications), _AT_ONCE):
        _withdraw(applications[first : first + _AT_ONCE], user, now)


@retried
def _end_grants(user: User, unended: QuerySet[Grant], now: datetime) -> None:
    """End these grants with one event, because the grants of no consent have no other."""
    with atomic():
        logouts.end_of_applications(user, unended)
        ended = unended.update(revoked_at=now, revoked_reason=REASON)
        reason = f"{REASON}; all applications; grants ended: {ended}"
        events.record(SecurityEvent.Kind.CONSENT_WITHDRAWN, user=user, reason=reason, at=now)


@retried
def _withdraw(applications: Sequence[Application], user: User, now: datetime) -> None:
    with atomic():
        for application in applications:
            withdraw(application, user, REASON, now=now)


def _connected(user: User, grants: QuerySet[Grant]) -> QuerySet[Application]:
    # Found from the person's rows. With a condition on each application all applications would be read.
    consents = Consent.objects.filter(user=user).values("application")
    numbers = consents.union(grants.values("application"))
    return Application.objects.filter(pk__in=numbers, deleted_at=None)
