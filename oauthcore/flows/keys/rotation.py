"""Rotation of signing keys: next, current, retired, with an overlap on both sides.

A key is published before it signs, so that all verifiers know it by then. A retired key stays published until
the last JWT that it signed has expired.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError

from oauthcore import conf
from oauthcore.models import SecurityEvent, SigningKey, signing
from oauthcore.models.database import atomic
from oauthcore.models.encryption import CannotDecrypt
from oauthcore.recording import events

State = SigningKey.State

#: How long a key is published before it signs: longer than verifiers cache the key set.
PUBLISHED_BEFORE = timedelta(days=1)
#: How much longer than its JWTs live a retired key is published, because clocks differ.
_MARGIN = timedelta(days=1)
_NOT_AT_ALL = timedelta(0)


class NotRotated(Exception):
    """Nothing was changed; the message says why."""


@dataclass(frozen=True)
class Rotation:
    """The steps of a rotation in their order, and the present keys."""

    steps: tuple[str, ...]
    keys: tuple[SigningKey, ...]


def published(*, now: datetime) -> tuple[SigningKey, ...]:
    """Return the keys that others may read, the oldest first."""
    return tuple(SigningKey.objects.published(now).defer("private"))


def rotate(*, now: datetime, is_urgent: bool = False) -> Rotation:
    """Let the next key sign, retire the current one, and make another next key.

    The first run makes both. Use ``is_urgent`` if the current key may have leaked: it is removed from the key
    set at once, and the next key signs, although some verifiers may not know it yet. Raises NotRotated if the
    next key was published too recently, or if another rotation was first (the unique ``generation`` decides).
    """
    if conf.settings().SIGNING_KEYS:
        raise NotRotated("The keys of this site are in the setting SIGNING_KEYS. Rotate them there.")
    try:
        with atomic():
            steps = _rotate(now, is_urgent=is_urgent)
            for step in steps:
                events.record(SecurityEvent.Kind.SIGNING_KEYS_ROTATED, reason=step, at=now)
    except IntegrityError:
        raise NotRotated("Another rotation was made at the same time.") from None
    signing.forget()
    return Rotation(tuple(steps), published(now=now))


def encrypt_anew(*, is_dry: bool) -> tuple[list[SigningKey], list[SigningKey]]:
    """Encrypt each signing key with the first key of the settings.

    Return two lists: the keys that were (or, in a dry run, would be) changed, and those that cannot be
    decrypted.
    """
    changed: list[SigningKey] = []
    unreadable: list[SigningKey] = []
    for row in SigningKey.objects.filter(private__isnull=False).order_by("generation"):
        try:
            if not row.is_under_first_key() and (is_dry or row.encrypt_anew()):
                changed.append(row)
        except CannotDecrypt:
            unreadable.append(row)
    return changed, unreadable


def _rotate(now: datetime, *, is_urgent: bool) -> list[str]:
    rows = list(SigningKey.objects.select_for_update().order_by("generation"))
    number = rows[-1].generation if rows else 0
    steps: list[str] = []
    usable = [row for row in rows if row.state != State.RETIRED and _is_usable(row, steps, now=now)]
    current = next((row for row in usable if row.state == State.CURRENT), None)
    waiting = next((row for row in usable if row.state == State.NEXT), None)
    if current is not None and (waiting is not None or is_urgent):
        if waiting is not None and not is_urgent:
            _require_known(waiting, now)
        current.retire(now=now, published_for=_NOT_AT_ALL if is_urgent else _as_long_as_what_it_signed())
        steps.append(f"{current} was {'withdrawn' if is_urgent else 'retired'}")
        current = None
    if current is None and waiting is not None:
        waiting.promote(now=now)
        steps.append(f"{waiting} signs")
    elif current is None:
        number += 1
        steps.append(f"{SigningKey.make(generation=number, state=State.CURRENT, now=now)} signs")
    steps.append(f"{SigningKey.make(generation=number + 1, state=State.NEXT, now=now)} is next")
    return steps


def _is_usable(row: SigningKey, steps: list[str], *, now: datetime) -> bool:
    """Return whether a key can be decrypted, and encrypt it with the first key of the settings.

    A key that cannot be decrypted is retired.
    """
    try:
        if not row.is_under_first_key() and row.encrypt_anew():
            steps.append(f"{row} was encrypted anew")
    except CannotDecrypt:
        row.retire(now=now, published_for=_as_long_as_what_it_signed())
        steps.append(f"{row} cannot be decrypted and was retired")
        return False
    return True


def _require_known(waiting: SigningKey, now: datetime) -> None:
    known_at = waiting.created_at + PUBLISHED_BEFORE
    if now < known_at:
        raise NotRotated(
            f"The next key is published since {waiting.created_at:%Y-%m-%d %H:%M} only. Rotate after "
            f"{known_at:%Y-%m-%d %H:%M}, when every verifier knows it."
        )


def _as_long_as_what_it_signed() -> timedelta:
    return timedelta(seconds=conf.settings().JWT_ACCESS_TOKEN_LIFETIME) + _MARGIN
