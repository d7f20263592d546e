"""The stores of the limiter: the SQL database, and Redis or Valkey."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from secrets import token_hex
from typing import Any, Protocol

from django.utils import timezone

from oauthcore.models import LimitWindow, UsedIdentifier
from oauthcore.models.used_identifiers import KEPT
from oauthcore.rules.errors.oauth import TemporarilyUnavailable


class Store(Protocol):
    """Where tries are counted."""

    def count_one(self, key: bytes, *, most: int, seconds: int) -> tuple[bool, str, float]:
        """Count a try where the window has room, atomically.

        Return whether it was counted, the name of the window, and the seconds until it ends.
        """

    def give_back(self, key: bytes, window: str) -> None:
        """Remove one try from a window, if the window has not been replaced."""

    def lift(self, keys: Sequence[bytes]) -> int:
        """End the windows of the keys; return how many had counted something."""

    def use_once(self, key: bytes, expires_at: datetime) -> bool:
        """Note that a key is used until ``expires_at``; return whether this call was the first."""


class DatabaseStore:
    """Counts in the SQL database that holds the credentials."""

    def count_one(self, key: bytes, *, most: int, seconds: int) -> tuple[bool, str, float]:
        """Count a try in the row of its key."""
        now = timezone.now()
        is_counted, ends_at = LimitWindow.count_one(key, most=most, seconds=seconds, now=now)
        return is_counted, ends_at.isoformat(), (ends_at - now) / timedelta(seconds=1)

    def give_back(self, key: bytes, window: str) -> None:
        """Remove one try from the row of its key."""
        LimitWindow.give_back(key, ends_at=datetime.fromisoformat(window))

    def lift(self, keys: Sequence[bytes]) -> int:
        """End the windows in the rows of the keys."""
        return LimitWindow.lift(keys, now=timezone.now())

    def use_once(self, key: bytes, expires_at: datetime) -> bool:
        """Insert the row of a key. The unique constraint decides."""
        return UsedIdentifier.use(key, expires_at=expires_at, now=timezone.now())


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

    def count_one(self, key: bytes, *, most: int, seconds: int) -> tuple[bool, str, float]:
        """Count a try under its key, which expires with its window."""
        counted, window, left = self._run(self._count, key, most, seconds * 1000, token_hex(8))
        return bool(counted), window.decode(), int(left) / 1000

    def give_back(self, key: bytes, window: str) -> None:
        """Remove one try from its window, if the key has not expired since."""
        self._run(self._give_back, key, window)

    def lift(self, keys: Sequence[bytes]) -> int:
        """Remove the keys."""
        return sum(int(self._run(self._lift, key)) > 0 for key in keys)

    def use_once(self, key: bytes, expires_at: datetime) -> bool:
        """Set the key if it does not exist. It expires by itself."""
        name, left = b"oauthcore:used:1:" + key.hex().encode(), expires_at - timezone.now() + KEPT
        is_new = self._answer(self._client.set, name, b"", nx=True, px=max(left, KEPT))
        return is_new is not None

    def _run(self, script: Any, key: bytes, *args: int | str) -> Any:
        # The key names the format of its value, because several releases may run at the same time.
        return self._answer(script, keys=[b"oauthcore:limit:2:" + key.hex().encode()], args=list(args))

    def _answer(self, ask: Callable[..., Any], *args: Any, **named: Any) -> Any:
        try:
            return ask(*args, **named)
        except self._error as error:
            raise TemporarilyUnavailable("the limiter's store does not answer", retry_after=1) from error


@cache
def store_at(url: str | None) -> Store:
    """Return the store at a URL, or the SQL database without one. A process has one instance of each."""
    return RedisStore(url) if url else DatabaseStore()
