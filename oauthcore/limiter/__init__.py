"""The limiter: it counts tries atomically across processes, and refuses tries beyond a limit.

By default the SQL database counts, so several processes share one count without another service. Redis or
Valkey counts if ``OAUTHCORE["LIMITER_URL"]`` names one. A window begins with the first try and ends by
itself. The limiter also remembers identifiers that may be used only once.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.utils import timezone

from oauthcore import conf
from oauthcore.limiter.stores import Store, store_at
from oauthcore.models import LimitWindow, limit_windows, used_identifiers
from oauthcore.models.database import retried
from oauthcore.models.limit_windows import TOO_FAR
from oauthcore.rules.errors.oauth import Throttled

#: The number of full windows that a process remembers, so that many tries do not cause as many statements.
_MOST_REMEMBERED = 10_000
#: For this many seconds. In this time another process can give tries back, or staff can lift the limit.
REMEMBERED_FOR = 5
_full: dict[bytes, tuple[float, float]] = {}


@dataclass(frozen=True)
class Limit:
    """At most ``most`` tries in ``seconds`` seconds, under one name.

    If it ``is_kept``, it is always counted in the SQL database, so that emptying a cache does not reset it.
    """

    name: str
    most: int
    seconds: int
    is_kept: bool = False

    def key(self, *parts: str) -> bytes:
        """Return the key of the counter for these parts: a digest.

        Each part is digested with its length, so different parts never give the same key.
        """
        return _digest_of(self.name, *parts)


@dataclass(frozen=True)
class Try:
    """One try. It is allowed if ``wait`` is None; otherwise ``wait`` says how many whole seconds to wait.

    An allowed try is counted in its ``window``, and can be given back to that window only.
    """

    key: bytes
    window: str = ""
    wait: int | None = None
    is_kept: bool = False

    @retried
    def give_back(self) -> None:
        """Remove the try from the count."""
        if self.wait is not None:
            return
        _full.pop(self.key, None)
        _store_of(is_kept=self.is_kept).give_back(self.key, self.window)


def _digest_of(*parts: str) -> bytes:
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


@retried
def count_try(limit: Limit, *parts: str) -> Try:
    """Count one try for these parts, unless the limit is reached.

    A try beyond the limit is not counted. Raises TemporarilyUnavailable if the store does not answer.
    """
    key = limit.key(*parts)
    ends_at = _remembered(key, limit)
    if ends_at is not None:
        return Try(key, wait=math.ceil(ends_at - time.time()))
    is_counted, window, left = _store_of(is_kept=limit.is_kept).count_one(
        key, most=limit.most, seconds=limit.seconds
    )
    if is_counted:
        return Try(key, window, is_kept=limit.is_kept)
    if not limit.is_kept:
        _remember(key, time.time() + left)
    return Try(key, wait=max(1, math.ceil(left)))


def require_try(limit: Limit, *parts: str) -> Try:
    """Count one try for these parts; raise Throttled, with ``Retry-After``, if the limit is reached."""
    counted = count_try(limit, *parts)
    if counted.wait is not None:
        raise Throttled(f"too many tries within the limit {limit.name!r}", retry_after=counted.wait)
    return counted


def seconds_full(limit: Limit, *parts: str) -> int | None:
    """Return for how many seconds this process knows that a window is full, or None; nothing is counted.

    It does not ask the store. Use it before expensive work: after a full window, each process does that work
    at most once in ``REMEMBERED_FOR`` seconds.
    """
    ends_at = _remembered(limit.key(*parts), limit)
    return None if ends_at is None else math.ceil(ends_at - time.time())


def hold(limit: Limit, *parts: str) -> None:
    """Lock the row of a limit that ``is_kept`` until the transaction ends. Nothing is counted."""
    LimitWindow.hold(limit.key(*parts), now=timezone.now())


@retried
def lift(keys: Mapping[bytes, Limit]) -> int:
    """Reset the counters of the keys; return how many of them had counted something.

    Other processes learn of it within ``REMEMBERED_FOR`` seconds.
    """
    for key in keys:
        _full.pop(key, None)
    by_place = {
        is_kept: [key for key, limit in keys.items() if limit.is_kept is is_kept] for is_kept in (True, False)
    }
    return sum(_store_of(is_kept=is_kept).lift(some) for is_kept, some in by_place.items() if some)


@retried
def use_once(purpose: str, *parts: str, expires_at: datetime) -> bool:
    """Use an identifier once, such as the ``jti`` of a JWT; return False if it was used before.

    The parts name it within the ``purpose``. All processes remember it until ``expires_at``. It costs one
    statement, or one call of Redis or Valkey. Raises TemporarilyUnavailable if the store does not answer.
    """
    return _store_of(is_kept=False).use_once(_digest_of(purpose, *parts), expires_at)


def _store_of(*, is_kept: bool) -> Store:
    return store_at(None if is_kept else conf.settings().LIMITER_URL)


def forget() -> None:
    """Forget in this process which windows are full. The store keeps its counts."""
    _full.clear()
    limit_windows.sweeping.start_anew()
    used_identifiers.sweeping.start_anew()


def _remembered(key: bytes, limit: Limit) -> float | None:
    """Return when the full window of a key ends, or None if this process does not remember one."""
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
