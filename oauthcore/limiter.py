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
from oauthcore.rules.errors import TemporarilyUnavailable

#: So many keys over their limit are remembered here, so that a flood of tries is not a flood of writes.
_MOST_REMEMBERED = 10_000
_over: dict[bytes, float] = {}


@dataclass(frozen=True)
class Limit:
    """So many tries of one name in so many seconds."""

    name: str
    most: int
    seconds: int


class Store(Protocol):
    """Where tries are counted."""

    def count_one(self, key: bytes, seconds: int) -> tuple[int, float]:
        """Count a try; return the number of tries in this window and the seconds until it ends."""


def count_try(limit: Limit, *parts: str) -> int | None:
    """Count one try of what the parts name; return None while it is within the limit.

    Beyond the limit, return after how many whole seconds (at least 1) to try again. Raises
    TemporarilyUnavailable when the store does not answer.
    """
    key = sha256("\x00".join((limit.name, *parts)).encode("utf-8", "surrogatepass")).digest()
    left = _over.get(key, 0.0) - time.time()
    if left > 0:
        return math.ceil(left)
    count, left = _store(conf.settings().LIMITER_URL).count_one(key, limit.seconds)
    if count <= limit.most:
        return None
    _remember(key, time.time() + left)
    return max(1, math.ceil(left))


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


class RedisStore:
    """Counts in Redis or Valkey, with one script for each try."""

    _SCRIPT = """
        local count = redis.call('INCR', KEYS[1])
        if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return {count, redis.call('PTTL', KEYS[1])}
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

    def count_one(self, key: bytes, seconds: int) -> tuple[int, float]:
        """Count a try under its key, which expires with its window."""
        try:
            count, left = self._count(keys=[b"oauthcore:limit:" + key.hex().encode()], args=[seconds * 1000])
        except self._error as error:
            raise TemporarilyUnavailable("the limiter's store does not answer", retry_after=1) from error
        return int(count), int(left) / 1000


@cache
def _store(url: str | None) -> Store:
    return RedisStore(url) if url else DatabaseStore()
