"""Signing JWTs: each process caches the signing keys.

Keys come from the setting ``SIGNING_KEYS`` or, if that is empty, from the table. One key for each algorithm
signs: the first such key of the setting, or the current one of the table. Keys of the table are cached for a
minute, so a rotation reaches every process within a minute. A key is published for longer than that before it
signs, and after it was retired.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
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
from oauthcore.rules.jose import private_keys, signed
from oauthcore.rules.jose.private_keys import ALGORITHMS, ES256, PrivateKey
from oauthcore.rules.jose.problems import InvalidJWT, InvalidKey, UnknownKey
from oauthcore.rules.jose.public_keys import PublicKey, parse_key
from oauthcore.rules.jose.signed import SignedJWT
from oauthcore.rules.text.hidden_text import HiddenText

logger = logging.getLogger("oauthcore")

#: For how many seconds the keys of the table are cached.
HELD_FOR = 60
#: The ``Retry-After`` in seconds while there is no key to sign with.
_RETRY_AFTER = 60


@dataclass(frozen=True)
class KeyRing:
    """The keys that sign, by algorithm, and the public parts of all published keys.

    ``given`` is the value of the setting when they were read.
    """

    current: Mapping[str, PrivateKey]
    published: tuple[Mapping[str, str], ...]
    read_at: datetime
    given: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def public_keys(self) -> tuple[PublicKey, ...]:
        """The published keys, to verify with."""
        return tuple(map(parse_key, self.published))

    def is_fresh(self, now: datetime, given: tuple[str, ...]) -> bool:
        """Return whether it was read less than a minute ago, or is from the setting as it stands.

        A clock that was set back makes it stale.
        """
        return given == self.given and (given != () or 0 <= (now - self.read_at).total_seconds() < HELD_FOR)


#: The cached keys of this process, by database alias.
_held: dict[str, KeyRing] = {}


def forget() -> None:
    """Empty the cache of keys in this process."""
    _held.clear()


def key_ring(algorithm: str | None = None) -> KeyRing:
    """Return the keys: one query a minute in each process, and no query if they are in the settings.

    A cached ring without a key for the ``algorithm`` is read again, so that a new key works at once.
    """
    now, alias, given = timezone.now(), primary(), tuple(conf.settings().SIGNING_KEYS)
    held = _held.get(alias)
    if held is not None and held.is_fresh(now, given) and (algorithm is None or algorithm in held.current):
        return held
    try:
        found = _given(given, now) if given else _stored(now)
    except DATABASE_IS_DOWN:
        if held is None:
            raise
        return held  # offline verification goes on while the database is down
    if found.current:  # without a key nothing is cached, for the same reason
        _held[alias] = found
    return found


def sign(claims: Mapping[str, Any], *, type_: str, algorithm: str = ES256) -> HiddenText:
    """Return the claims as a JWT of this type, signed with the current key for the algorithm.

    Raises TemporarilyUnavailable if there is no key; a system check warns of that.
    """
    key = key_ring(algorithm).current.get(algorithm)
    if key is None:
        reason = f"there is no signing key for {algorithm} that can be used"
        raise TemporarilyUnavailable(reason, retry_after=_RETRY_AFTER)
    return key.sign(claims, type_=type_)


def verified(
    text: str, *, type_: str, algorithms: Collection[str] = ALGORITHMS, also_retired: bool = False
) -> SignedJWT:
    """Return a JWT that this site has signed. The caller checks its times, issuer and audience.

    Raises InvalidJWT unless its ``typ`` is exactly this, so that a JWT for one purpose never serves another,
    its algorithm is one of these, and a key that is published has signed it. ``also_retired`` also allows a
    key that is no longer published but not yet removed. It takes one query.
    """
    jwt = signed.parse(text, types=[type_])
    if jwt.algorithm not in algorithms:
        raise InvalidJWT("this site signs such a JWT with another algorithm")
    try:
        signed.verify(jwt, key_ring().public_keys)
    except UnknownKey:
        if not also_retired:
            raise
        stored = SigningKey.objects.order_by("generation").values_list("public", flat=True)
        signed.verify(jwt, tuple(map(parse_key, stored)))
    return jwt


def _given(given: tuple[str, ...], now: datetime) -> KeyRing:
    try:
        keys = [private_keys.from_pem(text) for text in given]
    except InvalidKey as error:
        logger.error("a key in SIGNING_KEYS cannot be used: %s", error)
        return KeyRing({}, (), now, given)
    first = {key.algorithm: key for key in reversed(keys)}
    return KeyRing(first, tuple(key.public for key in keys), now, given)


def _stored(now: datetime) -> KeyRing:
    rows = list(SigningKey.objects.published(now))
    return KeyRing(opened(rows), tuple(row.public for row in rows), now)


def opened(rows: Iterable[SigningKey]) -> dict[str, PrivateKey]:
    """Return the private keys of the rows that sign, by algorithm, without those that cannot be decrypted."""
    keys: dict[str, PrivateKey] = {}
    for row in rows:
        if row.state == SigningKey.State.CURRENT:
            try:
                keys[row.algorithm] = row.open()
            except CannotDecrypt as error:
                logger.error("%s cannot be used: %s", row, error)
    return keys
