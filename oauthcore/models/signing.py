"""Signing: the keys that this process holds, read once and parsed once, and JWTs that are signed with them.

Keys come from the setting ``SIGNING_KEYS`` or, where that is empty, from the table. What was read of the
table is held for a minute: so long a rotation may take to reach every process. A key is published for longer
before it signs, and after it was retired.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from oauthcore import conf
from oauthcore.models.database import DATABASE_IS_DOWN, primary
from oauthcore.models.encryption import CannotDecrypt
from oauthcore.models.signing_keys import SigningKey
from oauthcore.rules.errors.oauth import TemporarilyUnavailable
from oauthcore.rules.jose import private_keys
from oauthcore.rules.jose.private_keys import PrivateKey
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.jose.public_keys import PublicKey, parse_key
from oauthcore.rules.text.hidden_text import HiddenText

logger = logging.getLogger("oauthcore")

#: So many seconds what was read of the table is held.
HELD_FOR = 60
#: So many seconds clients are told to wait while there is no key to sign with.
_RETRY_AFTER = 60


@dataclass(frozen=True)
class KeyRing:
    """The keys as they are now: the one that signs, if any, and the public parts of all that are published.

    ``given`` is what the setting held when they were read.
    """

    current: PrivateKey | None
    published: tuple[Mapping[str, str], ...]
    read_at: datetime
    given: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def public_keys(self) -> tuple[PublicKey, ...]:
        """The published keys, to verify with."""
        return tuple(map(parse_key, self.published))

    def is_fresh(self, now: datetime, given: tuple[str, ...]) -> bool:
        """Return whether it was read less than a minute ago, by a clock that may have been set back."""
        return 0 <= (now - self.read_at).total_seconds() < HELD_FOR and given == self.given


#: The keys that this process holds, under the alias of their database.
_held: dict[str, KeyRing] = {}


def forget() -> None:
    """Forget the keys that this process holds: it reads them again when they are needed."""
    _held.clear()


def key_ring() -> KeyRing:
    """Return the keys: one query a minute in each process, and none where they are in the settings."""
    now, alias, given = timezone.now(), primary(), tuple(conf.settings().SIGNING_KEYS)
    held = _held.get(alias)
    if held is not None and held.is_fresh(now, given):
        return held
    try:
        found = _given(given, now) if given else _stored(now)
    except DATABASE_IS_DOWN:
        if held is None:
            raise
        return held  # what is verified offline goes on
    if found.current is not None:  # without a key everything waits for one
        _held[alias] = found
    return found


def sign(claims: Mapping[str, Any], *, type_: str) -> HiddenText:
    """Return the claims as a JWT of this type, signed with the current key.

    Raises TemporarilyUnavailable where there is none: a check says so when the site starts.
    """
    key = key_ring().current
    if key is None:
        raise TemporarilyUnavailable("there is no signing key that can be used", retry_after=_RETRY_AFTER)
    return key.sign(claims, type_=type_)


def _given(given: tuple[str, ...], now: datetime) -> KeyRing:
    try:
        keys = [private_keys.from_pem(text) for text in given]
    except InvalidKey as error:
        logger.error("a key in SIGNING_KEYS cannot be used: %s", error)
        return KeyRing(None, (), now, given)
    return KeyRing(keys[0], tuple(key.public for key in keys), now, given)


def _stored(now: datetime) -> KeyRing:
    rows = list(SigningKey.objects.published(now))
    return KeyRing(opened(rows), tuple(row.public for row in rows), now)


def opened(rows: list[SigningKey]) -> PrivateKey | None:
    """Return the key of these that signs, or None where there is none that can be decrypted."""
    current = next((row for row in rows if row.state == SigningKey.State.CURRENT), None)
    if current is None:
        return None
    try:
        return current.open()
    except CannotDecrypt as error:
        logger.error("%s cannot be used: %s", current, error)
        return None
