"""The limiter: how often something may be tried, counted atomically across processes.

The SQL database counts by default, so that several processes share one count without another service; Redis
or Valkey counts when ``OAUTHCORE["LIMITER_URL"]`` names one. A window begins with the first try and ends by
itself.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Protocol

from django.utils import timezone

from oauthcore import conf
from oauthcore.models import LimitWindow
from oauthcore.models.database import primary
from oauthcore.models.limits import TOO_FAR
from oauthcore.rules.errors import TemporarilyUnavailable

#: So many keys over their limit are remembered here, so that a flood of tries is not a flood of writes.
_MOST_REMEMBERED = 10_000
_over: dict[bytes, float] = {}


@dataclass(frozen=True)
class Limit:
    """So many tries of one name in so many seconds.

    One that ``is_kept`` is counted in the SQL database whatever else counts: no emptied cache forgives it. Of
    it only those tries count that were let through, so that each that is taken back leaves room for another.
    """

    name: str
    most: int
    seconds: int
    is_kept: bool = False


class Store(Protocol):
    """Where tries are counted."""

    def count_one(self, key: bytes, seconds: int) -> tuple[int, float]:
        """Count a try; return the number of tries in this window and the seconds until it ends."""

    def take_back(self, key: bytes) -> None:
        """Take one try back, if its window has not ended."""


def count_try(limit: Limit, *parts: str) -> int | None:
    """Count one try of what the parts name; return None while it is within the limit.

    Beyond the limit, return after how many whole seconds (at least 1) to try again. Raises
    TemporarilyUnavailable when the store does not answer.
    """
    key, store = _key(limit, parts), _store_of(limit)
    left = _over.get(key, 0.0) - time.time()
    if 0 < left <= limit.seconds * TOO_FAR:
        return math.ceil(left)
    count, left = store.count_one(key, limit.seconds)
    if count <= limit.most:
        return None
    if limit.is_kept:
        store.take_back(key)
    else:
        _remember(key, time.time() + left)
    return max(1, math.ceil(left))


def take_back(limit: Limit, *parts: str) -> None:
    """Take back a try that turned out to be none of those that the limit is for."""
    _store_of(limit).take_back(_key(limit, parts))


def hold(limit: Limit, *parts: str) -> None:
    """Keep the count of a limit that ``is_kept`` locked until the transaction ends, and count nothing."""
    LimitWindow.hold(_key(limit, parts), now=timezone.now(), using=primary())


def _key(limit: Limit, parts: tuple[str, ...]) -> bytes:
    return sha256("\x00".join((limit.name, *parts)).encode("utf-8", "surrogatepass")).digest()


def _store_of(limit: Limit) -> Store:
    return _store(None if limit.is_kept else conf.settings().LIMITER_URL)


def forget() -> None:
    """Forget which keys are over their limit; the store still knows."""
    _over.clear()


def _remember(key: bytes, until: float) -> None:
    if len(_over) >= _MOST_REMEMBERED:
        now = time.time()
        for old in [one for one, end in _over.items() if end <= now] or list(_over)[:100]:
            _over.pop(old, None)
    _over[key] = until


class DatabaseStore:
    """Counts in the SQL database that holds the credentials."""

    def count_one(self, key: bytes, seconds: int) -> tuple[int, float]:
        """Count a try in the row of its key."""
        now = timezone.now()
        count, ends_at = LimitWindow.count_one(key, seconds=seconds, now=now, using=primary())
        return count, (ends_at - now) / timedelta(seconds=1)

    def take_back(self, key: bytes) -> None:
        """Take one try out of the row of its key."""
        LimitWindow.take_back(key, now=timezone.now(), using=primary())


class RedisStore:
    """Counts in Redis or Valkey, with one script for each try."""

    _SCRIPT = """
        local count = redis.call('INCR', KEYS[1])
        if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return {count, redis.call('PTTL', KEYS[1])}
    """

    _TAKE_BACK = """
        if tonumber(redis.call('GET', KEYS[1]) or 0) > 0 then redis.call('DECR', KEYS[1]) end
    """

    def __init__(self, url: str) -> None:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._error = redis.RedisError
        self._client = redis.Redis.from_url(
            url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
        )
        self._count: Any = self._client.register_script(self._SCRIPT)
        self._take_back: Any = self._client.register_script(self._TAKE_BACK)

    def count_one(self, key: bytes, seconds: int) -> tuple[int, float]:
        """Count a try under its key, which expires with its window."""
        count, left = self._run(self._count, key, seconds * 1000)
        return int(count), int(left) / 1000

    def take_back(self, key: bytes) -> None:
        """Take one try back, if its key has not expired."""
        self._run(self._take_back, key)

    def _run(self, script: Any, key: bytes, *args: int) -> Any:
        try:
            return script(keys=[b"oauthcore:limit:" + key.hex().encode()], args=list(args))
        except self._error as error:
            raise TemporarilyUnavailable("the limiter's store does not answer", retry_after=1) from error


@cache
def _store(url: str | None) -> Store:
    return RedisStore(url) if url else DatabaseStore()
