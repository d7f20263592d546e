"""The limiter: how often something may be tried, counted atomically across processes.

The SQL database counts by default, so that several processes share one count without another service; Redis
or Valkey counts when ``OAUTHCORE["LIMITER_URL"]`` names one. A window begins with the first try and ends by
itself.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from secrets import token_hex
from typing import Any, Protocol

from django.utils import timezone

from oauthcore import conf
from oauthcore.models import LimitWindow
from oauthcore.models.database import retried
from oauthcore.models.limit_windows import TOO_FAR, start_anew
from oauthcore.rules.errors.oauth import TemporarilyUnavailable

#: So many full windows are remembered here, so that a flood of tries is not a flood of statements.
_MOST_REMEMBERED = 10_000
#: And for so many seconds: another process may have given tries back since, or staff lifted the limit.
REMEMBERED_FOR = 5
_full: dict[bytes, tuple[float, float]] = {}


@dataclass(frozen=True)
class Limit:
    """So many tries of one name in so many seconds.

    One that ``is_kept`` is counted in the SQL database whatever else counts: no emptied cache forgives it.
    """

    name: str
    most: int
    seconds: int
    is_kept: bool = False

    def key(self, *parts: str) -> bytes:
        """Return the key under which tries of what the parts name are counted.

        Each part goes in with its length: no text that somebody chose makes one thing look like another.
        """
        text = "".join(f"{len(part)}:{part}" for part in (self.name, *parts))
        return sha256(text.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True)
class Try:
    """One try. It may be made where ``wait`` is None; else ``wait`` says after how many whole seconds.

    A try that was let through is in the count of its ``window``, and can be given back to that window only.
    """

    key: bytes
    window: str = ""
    wait: int | None = None
    is_kept: bool = False

    @retried
    def give_back(self) -> None:
        """Take the try out of the count again: it turned out to be none of those that the limit is for."""
        if self.wait is not None:
            return
        _full.pop(self.key, None)
        _store_of(is_kept=self.is_kept).give_back(self.key, self.window)


class Store(Protocol):
    """Where tries are counted."""

    def count_one(self, key: bytes, limit: Limit) -> tuple[bool, str, float]:
        """Count a try where the window has room, atomically.

        Return whether it was counted, the name of the window, and the seconds until it ends.
        """

    def give_back(self, key: bytes, window: str) -> None:
        """Take one try out of a window, if that is still the one that goes on."""

    def lift(self, keys: Sequence[bytes]) -> int:
        """End the windows of the keys; return how many had counted something."""


@retried
def count_try(limit: Limit, *parts: str) -> Try:
    """Count one try of what the parts name, unless as many as the limit allows are counted already.

    A try beyond the limit is not counted. Raises TemporarilyUnavailable when the store does not answer.
    """
    key = limit.key(*parts)
    ends_at = _remembered(key, limit)
    if ends_at is not None:
        return Try(key, wait=math.ceil(ends_at - time.time()))
    is_counted, window, left = _store_of(is_kept=limit.is_kept).count_one(key, limit)
    if is_counted:
        return Try(key, window, is_kept=limit.is_kept)
    if not limit.is_kept:
        _remember(key, time.time() + left)
    return Try(key, wait=max(1, math.ceil(left)))


def hold(limit: Limit, *parts: str) -> None:
    """Keep the count of a limit that ``is_kept`` locked until the transaction ends, and count nothing."""
    LimitWindow.hold(limit.key(*parts), now=timezone.now())


@retried
def lift(keys: Mapping[bytes, Limit]) -> int:
    """Forget what was counted under the keys; return of how many something was.

    Other processes follow within ``REMEMBERED_FOR`` seconds.
    """
    for key in keys:
        _full.pop(key, None)
    by_place = {
        is_kept: [key for key, limit in keys.items() if limit.is_kept is is_kept] for is_kept in (True, False)
    }
    return sum(_store_of(is_kept=is_kept).lift(some) for is_kept, some in by_place.items() if some)


def _store_of(*, is_kept: bool) -> Store:
    return _store(None if is_kept else conf.settings().LIMITER_URL)


def forget() -> None:
    """Forget which windows are full; the store still knows."""
    _full.clear()
    start_anew()


def _remembered(key: bytes, limit: Limit) -> float | None:
    """Return when the full window of a key ends, where that was seen a moment ago."""
    ends_at, seen_at = _full.get(key, (0.0, 0.0))
    now = time.time()
    is_fresh = 0 <= now - seen_at < REMEMBERED_FOR
    return ends_at if is_fresh and now < ends_at <= now + limit.seconds * TOO_FAR else None


def _remember(key: bytes, ends_at: float) -> None:
    now = time.time()
    if len(_full) >= _MOST_REMEMBERED:
        old = [one for one, (_, seen_at) in _full.items() if now - seen_at >= REMEMBERED_FOR]
        for one in old or list(_full)[:100]:
            _full.pop(one, None)
    _full[key] = (ends_at, now)


class DatabaseStore:
    """Counts in the SQL database that holds the credentials."""

    def count_one(self, key: bytes, limit: Limit) -> tuple[bool, str, float]:
        """Count a try in the row of its key."""
        now = timezone.now()
        is_counted, ends_at = LimitWindow.count_one(key, most=limit.most, seconds=limit.seconds, now=now)
        return is_counted, ends_at.isoformat(), (ends_at - now) / timedelta(seconds=1)

    def give_back(self, key: bytes, window: str) -> None:
        """Take one try out of the row of its key."""
        LimitWindow.give_back(key, ends_at=datetime.fromisoformat(window))

    def lift(self, keys: Sequence[bytes]) -> int:
        """End the windows in the rows of the keys."""
        return LimitWindow.lift(keys, now=timezone.now())


class RedisStore:
    """Counts in Redis or Valkey, with one script for each try."""

    _COUNT = """
        local count = tonumber(redis.call('HGET', KEYS[1], 'count') or 0)
        if redis.call('PTTL', KEYS[1]) < 0 then
            redis.call('HSET', KEYS[1], 'count', 0, 'window', ARGV[3])
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            count = 0
        end
        local is_counted = count < tonumber(ARGV[1])
        if is_counted then redis.call('HINCRBY', KEYS[1], 'count', 1) end
        return {is_counted and 1 or 0, redis.call('HGET', KEYS[1], 'window'), redis.call('PTTL', KEYS[1])}
    """

    _GIVE_BACK = """
        local count = tonumber(redis.call('HGET', KEYS[1], 'count') or 0)
        if count > 0 and redis.call('HGET', KEYS[1], 'window') == ARGV[1] then
            redis.call('HINCRBY', KEYS[1], 'count', -1)
        end
    """

    _LIFT = """
        local count = tonumber(redis.call('HGET', KEYS[1], 'count') or 0)
        redis.call('DEL', KEYS[1])
        return count
    """

    def __init__(self, url: str) -> None:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._error = redis.RedisError
        self._client = redis.Redis.from_url(
            url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
        )
        self._count: Any = self._client.register_script(self._COUNT)
        self._give_back: Any = self._client.register_script(self._GIVE_BACK)
        self._lift: Any = self._client.register_script(self._LIFT)

    def count_one(self, key: bytes, limit: Limit) -> tuple[bool, str, float]:
        """Count a try under its key, which expires with its window."""
        counted, window, left = self._run(self._count, key, limit.most, limit.seconds * 1000, token_hex(8))
        return bool(counted), window.decode(), int(left) / 1000

    def give_back(self, key: bytes, window: str) -> None:
        """Take one try out of its window, if its key has not expired since."""
        self._run(self._give_back, key, window)

    def lift(self, keys: Sequence[bytes]) -> int:
        """Remove the keys."""
        return sum(int(self._run(self._lift, key)) > 0 for key in keys)

    def _run(self, script: Any, key: bytes, *args: int | str) -> Any:
        try:
            # The form of what is kept under a key is part of its name: several releases may run side by side.
            return script(keys=[b"oauthcore:limit:2:" + key.hex().encode()], args=list(args))
        except self._error as error:
            raise TemporarilyUnavailable("the limiter's store does not answer", retry_after=1) from error


@cache
def _store(url: str | None) -> Store:
    return RedisStore(url) if url else DatabaseStore()
