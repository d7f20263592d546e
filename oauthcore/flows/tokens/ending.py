"""Ending a grant with all its tokens, or a single token: once, with one security event."""

from __future__ import annotations

from datetime import datetime

from oauthcore.accounts import User
from oauthcore.models import Grant, SecurityEvent, Token
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events, logouts


@retried
def end_grant(
    grant: Grant,
    reason: str,
    *,
    now: datetime,
    kind: SecurityEvent.Kind = SecurityEvent.Kind.REVOKED,
    by: User | None = None,
    by_application: bool = False,
) -> bool:
    """End a grant and all its tokens, with one security event.

    Returns whether this call did. ``by`` is the user who ends it, where that is not the grant's own. Unless
    its application ends it (``by_application``), the application is told that the person is logged out. Call
    it outside of any transaction that may still fail: what it did must survive the refusal that follows.
    """
    with atomic():
        is_done = grant.revoke(reason[:64], now=now)
        if is_done:
            events.record(kind, grant=grant, user=by, reason=reason, at=now)
            if not by_application:
                logouts.end_of_grant(grant)
    return is_done


@retried
def end_token(token: Token, reason: str, *, now: datetime) -> bool:
    """End a single token, with one security event; return whether this call did it."""
    with atomic():
        is_done = token.revoke(now=now)
        if is_done:
            events.record(SecurityEvent.Kind.REVOKED, grant=token.grant, reason=reason, at=now)
    return is_done
