"""Rotation of signing keys: next, current, retired, for each algorithm, with an overlap on both sides.

A key is published before it signs, so that all verifiers know it by then. A retired key stays published until
the last JWT that it signed has expired.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
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
    """The steps of a rotation in their order, the present keys, and why an algorithm was left alone."""

    steps: tuple[str, ...]
    keys: tuple[SigningKey, ...]
    left: tuple[str, ...] = ()


def published(*, now: datetime) -> tuple[SigningKey, ...]:
    """Return the keys that others may read, the oldest first."""
    return tuple(SigningKey.objects.published(now).defer("private"))


def missing(*, now: datetime) -> tuple[str, ...]:
    """Return the algorithms that this site signs with, and that have no current key."""
    signing_now = {key.algorithm for key in published(now=now) if key.state == State.CURRENT}
    return tuple(one for one in conf.settings().signing_algorithms if one not in signing_now)


def rotate(*, now: datetime, is_urgent: bool = False, algorithms: Collection[str] | None = None) -> Rotation:
    """For each algorithm let the next key sign, retire the current one, and make another next key.

    The first run makes both. Without ``algorithms``, those that this site signs with are meant, and keys for
    others are retired. Use ``is_urgent`` if the current keys may have leaked: they are removed from the key
    set at once, and the next keys sign, although some verifiers may not know them yet. Raises NotRotated if
    each next key was published too recently, or if another rotation was first (the unique ``generation``
    decides).
    """
    settings = conf.settings()
    if settings.SIGNING_KEYS:
        raise NotRotated("The keys of this site are in the setting SIGNING_KEYS. Rotate them there.")
    try:
        with atomic():
            turn = _Turn(now, is_urgent=is_urgent)
            for algorithm in settings.signing_algorithms if algorithms is None else algorithms:
                turn.rotate(algorithm)
            if algorithms is None:
                turn.retire_all_but(settings.signing_algorithms)
            if turn.refusals and not turn.is_done:
                raise turn.refusals[0]
            for step in turn.steps:
                events.record(SecurityEvent.Kind.SIGNING_KEYS_ROTATED, reason=step, at=now)
    except IntegrityError:
        raise NotRotated("Another rotation was made at the same time.") from None
    signing.forget()
    return Rotation(tuple(turn.steps), published(now=now), tuple(map(str, turn.refusals)))


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


class _Turn:
    """One rotation of the keys of several algorithms, within a transaction."""

    def __init__(self, now: datetime, *, is_urgent: bool) -> None:
        rows = list(SigningKey.objects.select_for_update().order_by("generation"))
        self.now = now
        self.is_urgent = is_urgent
        self.kept = [row for row in rows if row.state != State.RETIRED]
        self.generations = itertools.count(rows[-1].generation + 1 if rows else 1)
        self.steps: list[str] = []
        self.refusals: list[NotRotated] = []
        self.is_done = False

    def rotate(self, algorithm: str) -> None:
        """Rotate the keys of an algorithm, or note why its next key cannot sign yet."""
        usable = [row for row in self.kept if row.algorithm == algorithm and self._is_usable(row)]
        current = next((row for row in usable if row.state == State.CURRENT), None)
        waiting = next((row for row in usable if row.state == State.NEXT), None)
        if current is not None and (waiting is not None or self.is_urgent):
            if waiting is not None and not self.is_urgent and (refusal := _not_yet(waiting, self.now)):
                self.refusals.append(refusal)
                return
            self._retire(current)
            current = None
        if current is None and waiting is not None:
            waiting.promote(now=self.now)
            self.steps.append(f"{waiting} signs")
        elif current is None:
            self.steps.append(f"{self._make(algorithm, State.CURRENT)} signs")
        self.steps.append(f"{self._make(algorithm, State.NEXT)} is next")
        self.is_done = True

    def retire_all_but(self, algorithms: Collection[str]) -> None:
        """Retire the keys for all other algorithms, because this site no longer signs with them."""
        for row in self.kept:
            if row.algorithm not in algorithms:
                self._retire(row)
                self.is_done = True

    def _retire(self, row: SigningKey) -> None:
        row.retire(
            now=self.now, published_for=_NOT_AT_ALL if self.is_urgent else _as_long_as_what_it_signed()
        )
        self.steps.append(f"{row} was {'withdrawn' if self.is_urgent else 'retired'}")

    def _make(self, algorithm: str, state: SigningKey.State) -> SigningKey:
        return SigningKey.make(
            generation=next(self.generations), algorithm=algorithm, state=state, now=self.now
        )

    def _is_usable(self, row: SigningKey) -> bool:
        """Return whether a key can be decrypted, and encrypt it with the first key of the settings.

        A key that cannot be decrypted is retired.
        """
        try:
            if not row.is_under_first_key() and row.encrypt_anew():
                self.steps.append(f"{row} was encrypted anew")
        except CannotDecrypt:
            row.retire(now=self.now, published_for=_as_long_as_what_it_signed())
            self.steps.append(f"{row} cannot be decrypted and was retired")
            return False
        return True


def _not_yet(waiting: SigningKey, now: datetime) -> NotRotated | None:
    """Return why a key cannot sign yet, or None if every verifier knows it."""
    known_at = waiting.created_at + PUBLISHED_BEFORE
    if now >= known_at:
        return None
    return NotRotated(
        f"The next key for {waiting.algorithm} was published only at {waiting.created_at:%Y-%m-%d %H:%M}. "
        f"Rotate after {known_at:%Y-%m-%d %H:%M}, when every verifier knows it."
    )


def _as_long_as_what_it_signed() -> timedelta:
    settings = conf.settings()
    longest = max(settings.JWT_ACCESS_TOKEN_LIFETIME, settings.ID_TOKEN_LIFETIME)
    return timedelta(seconds=longest) + _MARGIN
