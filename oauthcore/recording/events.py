"""Recording security events: one row for each event, and one row a minute for refusals of one kind."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from oauthcore import request_context
from oauthcore.accounts import User
from oauthcore.models import Application, Grant, SecurityEvent
from oauthcore.models.database import primary, retried
from oauthcore.models.sweeping import share
from oauthcore.observing import metrics
from oauthcore.recording import refusals as recent_refusals
from oauthcore.recording.allowance import Allowance
from oauthcore.recording.batches import Batch, Tally
from oauthcore.rules.errors.oauth import OAuthError, Throttled
from oauthcore.rules.errors.sign_in import InvalidCredentials, InvalidMFACode, InvalidMFAToken
from oauthcore.rules.text.names import as_one_line
from oauthcore.rules.wire.networks import group_of
from oauthcore.signals import security_event

logger = logging.getLogger("oauthcore")

Kind = SecurityEvent.Kind


def record(
    kind: Kind,
    *,
    reason: str = "",
    grant: Grant | None = None,
    application: Application | None = None,
    user: User | None = None,
    of: User | None = None,
    at: datetime | None = None,
) -> None:
    """Add one event in the current transaction, and send the signal after the commit.

    ``user`` is who did it. ``of`` is the person concerned, if that is somebody else and not the user of a
    grant.
    """
    event = new_event(kind, reason=reason, grant=grant, application=application, user=user, of=of, at=at)
    event.add()
    note_added(event)


def new_event(
    kind: Kind,
    *,
    reason: str = "",
    grant: Grant | None = None,
    application: Application | None = None,
    user: User | None = None,
    of: User | None = None,
    at: datetime | None = None,
) -> SecurityEvent:
    """Return an event that the caller adds, and then calls ``note_added``; see ``record``."""
    context, reason = request_context.current(), as_one_line(reason)
    application = application or (grant.application if grant else None)
    person_id = of.pk if of is not None else grant.user_id if grant else None
    user_id = user.pk if user is not None else person_id
    return SecurityEvent(
        kind=kind,
        at=at or timezone.now(),
        request_id=context.request_id,
        address=str(context.address or ""),
        user_ref="" if user_id is None else str(user_id),
        person_ref="" if person_id in (None, user_id) else str(person_id),
        application_ref=application.client_id if application else "",
        grant_uuid=grant.uuid if grant else None,
        reason=reason[:200],
    )


def note_added(event: SecurityEvent) -> None:
    """Log an event that was added just now; send the signal at once, or after the commit of a transaction."""
    share.note_write()
    _log(event)
    transaction.on_commit(lambda: _tell(event), using=primary())


def _tell(event: SecurityEvent) -> None:
    metrics.count("events", event.kind)
    security_event.send_robust(SecurityEvent, event=event)


#: How many different refusals of a kind each process records separately in a minute.
MOST_A_MINUTE = 100

#: Refusals of signing in. Their events name the person whose login was tried.
_OF_SIGNING_IN = (InvalidCredentials, InvalidMFACode, InvalidMFAToken)


def _is_of_signing_in(refusal: OAuthError) -> bool:
    """Return whether it is a refusal of signing in, or of too many tries for one person."""
    is_too_often = isinstance(refusal, Throttled) and bool(request_context.current().user_ref)
    return is_too_often or isinstance(refusal, _OF_SIGNING_IN)


def note_refusal(refusal: OAuthError) -> None:
    """Log a refusal, and count it with others of the same minute, client, address and reason.

    In a flood only so many are counted separately in a minute; the rest become one row for each reason. A
    refusal that names an application is also kept for a while, for the developer.
    """
    if not refusal.is_noted:
        return
    context, now = request_context.current(), timezone.now()
    kind = Kind.SIGN_IN_REFUSED if _is_of_signing_in(refusal) else Kind.REQUEST_REFUSED
    user_ref = context.user_ref if kind == Kind.SIGN_IN_REFUSED else ""
    why = as_one_line(refusal.reason)
    logger.info("refused: %s: %s", refusal.error, why)
    metrics.count("refusals", refusal.error)
    metrics.count("events", kind)
    minute = now.replace(second=0, microsecond=0)
    reason = f"{refusal.error}: {why}"[:200]
    # An application can have very many grants, and a flood must not become as many rows.
    grant_uuid = None if context.client_id else context.grant_uuid
    key = (minute, context.client_id, group_of(context.address), reason, kind, grant_uuid, user_ref)
    if allowance.take(kind, key, now):
        refusals.add(key, at=now, address=context.address, request_id=context.request_id)
    else:
        refusals.add((minute, "", "", reason, kind, None, ""), at=now, request_id=context.request_id)
    if kind == Kind.REQUEST_REFUSED and context.client_id:
        recent_refusals.keep(refusal, at=now)


def _write(tallies: Mapping[Any, Tally]) -> None:
    share.note_write()
    for event in _stored(tallies):
        security_event.send_robust(SecurityEvent, event=event)


@retried
def _stored(tallies: Mapping[Any, Tally]) -> list[SecurityEvent]:
    events = [
        SecurityEvent(
            kind=kind,
            at=tally.last_at,
            count=tally.count,
            request_id=tally.request_id,
            address=tally.last_address,
            user_ref=user_ref,
            application_ref=client_id,
            grant_uuid=grant_uuid,
            reason=reason,
        )
        for (_, client_id, _, reason, kind, grant_uuid, user_ref), tally in tallies.items()
    ]
    return SecurityEvent.objects.bulk_create(events, batch_size=500)


def _log(event: SecurityEvent) -> None:
    logger.info("%s: %s", event.kind, event.reason or "-")


allowance = Allowance(each=MOST_A_MINUTE, in_all=2 * MOST_A_MINUTE)
refusals = Batch(_write)
