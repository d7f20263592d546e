"""Security notices: mails to people about events of signing in, and about replays.

They are sent from the security events, never in the request itself. A person is also told of their own
actions, because a thief could have done them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.addresses import absolute_if_mounted
from oauthcore.flows.notices import mail
from oauthcore.flows.notices.texts import TEXTS
from oauthcore.languages import spoken_to
from oauthcore.models import Grant, SecurityEvent, SecurityNotice
from oauthcore.models.database import primary
from oauthcore.models.notices import NEWS
from oauthcore.rules.text.names import harmless, quoted

Kind = SecurityEvent.Kind

_REPLAYS = frozenset([Kind.REFRESH_TOKEN_REPLAYED, Kind.CODE_REPLAYED])
#: The events that people are told of, the most serious first.
_KINDS = tuple(TEXTS)
#: How many people are looked up at once, with their events.
_AT_ONCE = 500


@dataclass(frozen=True)
class Happening:
    """What a mail says of one kind of event: the latest, and how many more there were.

    ``text`` says what happened; ``what`` is the name of a device, an application or a passkey, in quotation
    marks, or empty.
    """

    kind: str
    text: str
    what: str
    more: int
    is_replay: bool
    is_device: bool
    by_staff: bool
    at: datetime
    address: str


def send_security_notices(*, now: datetime) -> Counter[bool]:
    """Send people mails about their security events; return how many mails went out or failed.

    Each event is told at most once. A person gets at most one mail an hour, with all events until then.
    """
    counted: Counter[bool] = Counter()
    for user, events in _waiting(now):
        was_sent = _send(user, events, now)
        if was_sent is not None:
            counted[was_sent] += 1
    return counted


def _waiting(now: datetime) -> Iterator[tuple[Any, list[SecurityEvent]]]:
    is_live = conf.settings().account_backend.is_live_user
    told = SecurityNotice.objects.filter(event=OuterRef("pk"), sent_at__isnull=False)
    rows = SecurityEvent.objects.filter(~Exists(told), kind__in=_KINDS, at__gt=now - NEWS)
    named = rows.order_by().values_list("person_ref", "user_ref").distinct()
    for people in _people({whose or who for whose, who in named} - {""}):
        told_of = [user for user in people if _address_of(user) and is_live(user)]
        events = _events_of(told_of, rows)
        for user in told_of:
            yield user, _gravest_first(events[str(user.pk)])


def _events_of(people: Sequence[Any], rows: QuerySet[SecurityEvent]) -> dict[str, list[SecurityEvent]]:
    """Return the events of these people, caused by themselves or by others: two queries."""
    events: defaultdict[str, list[SecurityEvent]] = defaultdict(list)
    refs = [str(user.pk) for user in people]
    for event in rows.filter(person_ref__in=refs):
        events[event.person_ref].append(event)
    for event in rows.filter(person_ref="", user_ref__in=refs):
        events[event.user_ref].append(event)
    return events


def _gravest_first(events: Iterable[SecurityEvent]) -> list[SecurityEvent]:
    return sorted(events, key=lambda one: (_KINDS.index(Kind(one.kind)), one.at, one.pk))


def _people(references: Iterable[str]) -> Iterator[list[Any]]:
    keys = sorted(key for text in references if (key := _key(text)) is not None)
    people = get_user_model()._base_manager.using(primary())
    for start in range(0, len(keys), _AT_ONCE):
        yield list(people.filter(pk__in=keys[start : start + _AT_ONCE]))


def _key(text: str) -> Any:
    """Return a user's primary key from its text, or None if the site has changed its user model since."""
    try:
        return get_user_model()._meta.pk.to_python(text)
    except ValidationError:
        return None


def _address_of(user: User) -> str:
    return str(getattr(user, user.get_email_field_name(), "") or "")


def _send(user: User, events: list[SecurityEvent], now: datetime) -> bool | None:
    mine = SecurityNotice.claim(str(user.pk), events, now=now)
    if not mine:
        return None
    with spoken_to(mail.language_of(user)):
        context = {
            "username": harmless(user.get_username()),
            "topic": _topic(mine),
            "has_replays": any(one.kind in _REPLAYS for one in mine),
            "happened": _happenings(mine),
            "page": _page(),
        }
        was_sent = mail.send("security", context, to=_address_of(user))
    SecurityNotice.settle(mine, was_sent=was_sent, now=now)
    return was_sent


def _topic(events: Sequence[SecurityEvent]) -> str:
    """Return the topic of all events, for the subject: ``ended``, ``device``, or empty for other topics."""
    kinds = {one.kind for one in events}
    if kinds <= _REPLAYS:
        return "ended"
    return "device" if kinds == {Kind.DEVICE_SIGNED_IN} else ""


def _happenings(events: Iterable[SecurityEvent]) -> list[Happening]:
    """Return one item for each kind of event, so that many events of one kind do not hide others."""
    kinds: defaultdict[tuple[str, bool], list[SecurityEvent]] = defaultdict(list)
    for event in events:
        kinds[event.kind, bool(event.person_ref)].append(event)
    return [_described(same[-1], len(same) - 1) for same in kinds.values()]


def _described(event: SecurityEvent, more: int) -> Happening:
    by_staff = bool(event.person_ref)
    name = _name_under_grant(event) if event.grant_uuid else ""
    if event.kind in (Kind.PASSKEY_ADDED, Kind.PASSKEY_REMOVED, Kind.DEVICE_SIGNED_IN):
        name = name or event.reason
    what, is_device = quoted(name) or quoted(event.application_ref), not event.application_ref
    return Happening(
        kind=event.kind,
        text=TEXTS[event.kind].of(what, is_device=is_device, by_staff=by_staff),
        what=what,
        more=more,
        is_replay=event.kind in _REPLAYS,
        is_device=is_device,
        by_staff=by_staff,
        at=event.at,
        address="" if by_staff else event.address,
    )


def _name_under_grant(event: SecurityEvent) -> str:
    grants = Grant.objects.select_related("application")
    grant = grants.filter(Q(uuid=event.grant_uuid)).first()
    return "" if grant is None else grant.application.name if grant.application else grant.label


def _page() -> str:
    """Return the address of the security page or the connections page, if the site has one."""
    return absolute_if_mounted("oauthcore:security") or absolute_if_mounted("oauthcore:connections") or ""
