"""The stores of the limiter: the SQL database, and Redis or Valkey, which Sentinels may watch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from secrets import token_hex
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, cast

from django.utils import timezone

from oauthcore.limiter import name_resolution, sentinel_addresses
from oauthcore.models import LimitWindow, UsedIdentifier
from oauthcore.models.database import database_clock
from oauthcore.models.limit_statements import Asked
from oauthcore.models.used_identifiers import KEPT
from oauthcore.rules.errors.oauth import TemporarilyUnavailable
from oauthcore.silence import Silence

if TYPE_CHECKING:
    from redis import Redis

#: The seconds that a server is waited for, and each Sentinel. Three Sentinels and a server that all hang thus
#: cost less than three seconds.
_SECONDS, _SENTINEL_SECONDS = 1.0, 0.5


class Store(Protocol):
    """Where tries are counted."""

    def count(self, asked: Sequence[Asked]) -> list[tuple[bool, str, float]]:
        """Count a try for each key, in their order, until a window is full.

        Return for each, the full one included, whether it was counted, the name of the window, and the
        seconds until it ends.
        """

    def give_back(self, tries: Sequence[tuple[bytes, str]]) -> None:
        """Remove a try of each key from its window, if the window has not been replaced."""

    def lift(self, keys: Sequence[bytes]) -> int:
        """End the windows of the keys; return how many had counted something."""

    def use_once(self, key: bytes, expires_at: datetime) -> bool:
        """Note that a key is used until ``expires_at``; return whether this call was the first."""

    def require(self) -> None:
        """Raise TemporarilyUnavailable if the store does not answer."""

    def clock(self) -> datetime | None:
        """Return the time by its clock; None if it has no clock of its own."""


class DatabaseStore:
    """Counts in the SQL database that holds the credentials."""

    def count(self, asked: Sequence[Asked]) -> list[tuple[bool, str, float]]:
        """Count tries in the rows of their keys."""
        now = timezone.now()
        counted = LimitWindow.count_tries(asked, now=now)
        return [
            (one.is_counted, one.ends_at.isoformat(), (one.ends_at - now) / timedelta(seconds=1))
            for one in counted
        ]

    def give_back(self, tries: Sequence[tuple[bytes, str]]) -> None:
        """Remove tries from the rows of their keys."""
        LimitWindow.give_back([(key, datetime.fromisoformat(window)) for key, window in tries])

    def lift(self, keys: Sequence[bytes]) -> int:
        """End the windows in the rows of the keys."""
        return LimitWindow.lift(keys, now=timezone.now())

    def use_once(self, key: bytes, expires_at: datetime) -> bool:
        """Insert the row of a key. The unique constraint decides."""
        return UsedIdentifier.use(key, expires_at=expires_at, now=timezone.now())

    def require(self) -> None:
        """Do nothing: a check of the database covers this store."""

    def clock(self) -> datetime | None:
        """Ask the database; SQLite has the clock of this machine."""
        return database_clock()


class RedisStore:
    """Counts in Redis or Valkey, with one script for all tries of a request."""

    _COUNT = """
        local answers = {}
        for place, key in ipairs(KEYS) do
            local most, milliseconds = tonumber(ARGV[2 * place]), ARGV[2 * place + 1]
            local count = tonumber(redis.call('HGET', key, 'count') or 0)
            if redis.call('PTTL', key) < 0 then
                redis.call('HSET', key, 'count', 0, 'window', ARGV[1])
                redis.call('PEXPIRE', key, milliseconds)
                count = 0
            end
            local is_counted = count < most
            if is_counted then redis.call('HINCRBY', key, 'count', 1) end
            local window, left = redis.call('HGET', key, 'window'), redis.call('PTTL', key)
            answers[place] = {is_counted and 1 or 0, window, left}
            if not is_counted then break end
        end
        return answers
    """

    _GIVE_BACK = """
        for place, key in ipairs(KEYS) do
            local count = tonumber(redis.call('HGET', key, 'count') or 0)
            if count > 0 and redis.call('HGET', key, 'window') == ARGV[place] then
                redis.call('HINCRBY', key, 'count', -1)
            end
        end
    """

    _LIFT = """
        local count = tonumber(redis.call('HGET', KEYS[1], 'count') or 0)
        redis.call('DEL', KEYS[1])
        return count
    """

    def __init__(self, url: str) -> None:
        import redis

        self._error = redis.RedisError
        self._silence = Silence()
        self._client = _client(url)
        self._count: Any = self._client.register_script(self._COUNT)
        self._give_back: Any = self._client.register_script(self._GIVE_BACK)
        self._lift: Any = self._client.register_script(self._LIFT)

    def count(self, asked: Sequence[Asked]) -> list[tuple[bool, str, float]]:
        """Count tries under their keys, which expire with their windows."""
        bounds = [bound for one in asked for bound in (one.most, one.seconds * 1000)]
        answers = self._run(self._count, [one.key for one in asked], token_hex(8), *bounds)
        return [(bool(counted), window.decode(), int(left) / 1000) for counted, window, left in answers]

    def give_back(self, tries: Sequence[tuple[bytes, str]]) -> None:
        """Remove tries from their windows, where the keys have not expired since."""
        self._run(self._give_back, [key for key, _ in tries], *(window for _, window in tries))

    def lift(self, keys: Sequence[bytes]) -> int:
        """Remove the keys."""
        return sum(int(self._run(self._lift, [key])) > 0 for key in keys)

    def use_once(self, key: bytes, expires_at: datetime) -> bool:
        """Set the key if it does not exist. It expires by itself."""
        name, left = b"oauthcore:used:1:" + key.hex().encode(), expires_at - timezone.now() + KEPT
        is_new = self._answer(self._client.set, name, b"", nx=True, px=max(left, KEPT))
        return is_new is not None

    def require(self) -> None:
        """Ask whether it answers, within its timeouts."""
        self._answer(self._client.ping)

    def clock(self) -> datetime | None:
        """Ask it for the time."""
        seconds, microseconds = self._answer(self._client.time)
        return datetime.fromtimestamp(seconds + microseconds / 1_000_000, UTC)

    def _run(self, script: Any, keys: Sequence[bytes], *args: int | str) -> Any:
        # A key names the format of its value, because several releases may run at the same time.
        names = [b"oauthcore:limit:2:" + key.hex().encode() for key in keys]
        return self._answer(script, keys=names, args=list(args))

    def _answer(self, ask: Callable[..., Any], *args: Any, **named: Any) -> Any:
        if self._silence.lasts():
            raise _without_answer()
        began = monotonic()
        try:
            return ask(*args, **named)
        except self._error as error:
            if monotonic() - began >= _SENTINEL_SECONDS:  # it did not refuse, but did not answer
                self._silence.begin()
            raise _without_answer() from error


def _without_answer() -> TemporarilyUnavailable:
    return TemporarilyUnavailable("the limiter's store does not answer", retry_after=1)


def _client(url: str) -> Redis:
    """Return a client of one server, or of the primary that Sentinels name for each new connection."""
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry
    from redis.sentinel import Sentinel

    once = Retry(NoBackoff(), 0)  # without it redis-py waits and tries again, and the request waits too
    waits: dict[str, Any] = {"socket_timeout": _SECONDS, "socket_connect_timeout": _SECONDS, "retry": once}
    if not sentinel_addresses.is_sentinel_address(url):
        return cast("Redis", name_resolution.limit(Redis.from_url(url, **waits)))
    address = sentinel_addresses.parse(url)
    to_sentinels: dict[str, Any] = {
        "username": address.sentinel_username,
        "password": address.sentinel_password,
        "socket_timeout": _SENTINEL_SECONDS,
        "socket_connect_timeout": _SENTINEL_SECONDS,
        "retry": once,
        "ssl": address.is_encrypted,
    }
    asking: Any = Sentinel  # redis-py has no types for it
    sentinels = asking(address.sentinels, sentinel_kwargs=to_sentinels)
    for one in sentinels.sentinels:
        name_resolution.limit(one)
    primary = sentinels.master_for(
        address.name,
        db=address.database,
        username=address.username,
        password=address.password,
        ssl=address.is_encrypted,
        **waits,
    )
    return cast("Redis", name_resolution.limit(primary))


@cache
def store_at(url: str | None) -> Store:
    """Return the store at a URL, or the SQL database without one. A process has one instance of each."""
    return RedisStore(url) if url else DatabaseStore()
