"""Replay notices: telling people that a replay ended a session of theirs, or the access of an application.

They are sent from the security events, never in the request that found the replay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, reverse

from oauthcore import conf
from oauthcore.flows import mail
from oauthcore.models import Grant, ReplayNotice, SecurityEvent
from oauthcore.models.database import primary
from oauthcore.rules.names import as_one_line

_KINDS = (SecurityEvent.Kind.REFRESH_TOKEN_REPLAYED, SecurityEvent.Kind.CODE_REPLAYED)
#: What is older is news to nobody: mails that could not be sent for so long are given up.
_OLDEST = timedelta(days=3)
#: A mail names so many; who has more is under attack, and reads on the page what is left.
_MOST_NAMED = 10


@dataclass(frozen=True)
class _Ended:
    """What a mail says of one event."""

    what: str
    is_device: bool
    at: datetime
    address: str


def send_replay_notices(*, now: datetime) -> Counter[bool]:
    """Write to people whose access a replay ended; return how many mails went out or failed.

    Each event is told at most once; a person gets one mail an hour at most, which tells of all until then.
    """
    counted: Counter[bool] = Counter()
    for user, events in _waiting(now):
        was_sent = _send(user, events, now)
        if was_sent is not None:
            counted[was_sent] += 1
    return counted


def _waiting(now: datetime) -> Iterator[tuple[Any, list[SecurityEvent]]]:
    using = primary()
    told = ReplayNotice.objects.filter(event=OuterRef("pk"), sent_at__isnull=False)
    rows = SecurityEvent.objects.using(using).filter(~Exists(told), kind__in=_KINDS, at__gt=now - _OLDEST)
    by_person: dict[str, list[SecurityEvent]] = {}
    for event in rows.exclude(user_ref="").order_by("at", "pk"):
        by_person.setdefault(event.user_ref, []).append(event)
    for user_ref, events in by_person.items():
        user = _find_user(user_ref, using)
        if user is not None and _address_of(user) and conf.settings().account_backend.is_live_user(user):
            yield user, events


def _find_user(user_ref: str, using: str) -> Any:
    try:
        return get_user_model()._base_manager.using(using).filter(pk=user_ref).first()
    except (ValueError, ValidationError):  # the site has changed its user model since
        return None


def _address_of(user: Any) -> str:
    return str(getattr(user, user.get_email_field_name(), "") or "")


def _send(user: Any, events: list[SecurityEvent], now: datetime) -> bool | None:
    using = primary()
    mine = ReplayNotice.claim(str(user.pk), events, now=now, using=using)
    if not mine:
        return None
    context = {
        "username": as_one_line(user.get_username()),
        "ended": [_described(one, using) for one in mine[:_MOST_NAMED]],
        "more": max(0, len(mine) - _MOST_NAMED),
        "connections": _connections(),
    }
    was_sent = mail.send("access_ended", context, to=_address_of(user))
    ReplayNotice.settle(mine, was_sent=was_sent, now=now, using=using)
    return was_sent


def _described(event: SecurityEvent, using: str) -> _Ended:
    grants = Grant.objects.using(using).select_related("application")
    grant = grants.filter(models.Q(uuid=event.grant_uuid)).first()
    application = grant.application if grant else None
    name = application.name if application else grant.label if grant else ""
    return _Ended(
        as_one_line(name or event.application_ref), not event.application_ref, event.at, event.address
    )


def _connections() -> str:
    """Return the address of the page on which people see what has access to them, if the site has it."""
    try:
        return conf.issuer() + reverse("oauthcore:connections")
    except NoReverseMatch:
        return ""
