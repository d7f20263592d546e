"""Withdrawal: ending everything that a person has allowed an application, in one transaction."""

from __future__ import annotations

from datetime import datetime

from oauthcore.accounts import User
from oauthcore.models import Application, Consent, Grant, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events, logouts


@retried
def withdraw(
    application: Application,
    user: User,
    reason: str,
    *,
    now: datetime,
    by: User | None = None,
    by_application: bool = False,
) -> int:
    """Forget the person's consent and end every grant under it; return how many grants that ended.

    ``by`` is the user who withdraws it where that is not the person: then the event names both. Unless the
    application itself withdraws it (``by_application``), it is told that the person is logged out.

    The consent is removed first, in one transaction. So an approval at the same time either comes before, and
    is ended too, or comes after, as a new approval. One security event is recorded if anything was ended.
    """
    with atomic():
        # Without consent, one is made and deleted here as a lock. Otherwise a first approval at the same time
        # could keep its consent and lose its grant.
        consent, is_new = Consent.hold(user, application, {})
        consent.delete()
        grants = Grant.objects.filter(user=user, application=application, revoked_at__isnull=True)
        if not by_application:
            logouts.end_of_application(user, application, grants)
        ended = grants.update(revoked_at=now, revoked_reason=reason[:64])
        if ended or not is_new:
            events.record(
                SecurityEvent.Kind.CONSENT_WITHDRAWN,
                user=by or user,
                of=user,
                application=application,
                reason=f"{reason}; {f'of user {user.pk}; ' if by else ''}grants ended: {ended}",
                at=now,
            )
    return ended
