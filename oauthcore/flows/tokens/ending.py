"""Ending a grant with all its tokens, or a single token: once, with one security event."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from oauthcore.accounts import User
from oauthcore.models import Grant, SecurityEvent, Token
from oauthcore.models.database import atomic, primary_connection, retried
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
    event = events.new_event(kind, grant=grant, user=by, reason=reason, at=now)
    is_told = not by_application and logouts.may_belong_to(grant)
    with atomic() if is_told else _savepoint_if_nested():
        is_done = grant.revoke(reason[:64], now=now, event=event)
        if is_done:
            events.note_added(event)
        if is_done and is_told:
            logouts.end_of_grant(grant)
    return is_done


@retried
def end_token(token: Token, reason: str, *, now: datetime) -> bool:
    """End a single token, with one security event; return whether this call did it."""
    event = events.new_event(SecurityEvent.Kind.REVOKED, grant=token.grant, reason=reason, at=now)
    with _savepoint_if_nested():
        is_done = token.revoke(now=now, event=event)
        if is_done:
            events.note_added(event)
    return is_done


def _savepoint_if_nested() -> AbstractContextManager[None]:
    """Return a savepoint inside a transaction, so that it stays usable if the end fails; else nothing.

    With ``AUTOCOMMIT`` switched off everything is inside one.
    """
    connection = primary_connection()
    is_nested = connection.in_atomic_block or not connection.get_autocommit()
    return atomic() if is_nested else nullcontext()
