"""The limiter: how often something may be tried, counted atomically across processes.

The SQL database counts by default, so that several processes share one count without another service; Redis
or Valkey counts when ``OAUTHCORE["LIMITER_URL"]`` names one. A window begins with the first try and ends by
itself. What may be used once only is remembered in the same place.
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
        return _digest_of(self.name, *parts)


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


def _digest_of(*parts: str) -> bytes:
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


@retried
def count_try(limit: Limit, *parts: str) -> Try:
    """Count one try of what the parts name, unless as many as the limit allows are counted already.

    A try beyond the limit is not counted. Raises TemporarilyUnavailable when the store does not answer.
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


def seconds_full(limit: Limit, *parts: str) -> int | None:
    """Return for how many seconds this process knows that a window is full, or None; nothing is counted.

    It asks no store. So it is for what is cheap to refuse and dear to look at: of that each process looks at
    one more in ``REMEMBERED_FOR`` seconds, once it has met a full window.
    """
    ends_at = _remembered(limit.key(*parts), limit)
    return None if ends_at is None else math.ceil(ends_at - time.time())


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


@retried
def use_once(purpose: str, *parts: str, expires_at: datetime) -> bool:
    """Use up what the parts name, for this purpose; return False where somebody has done so before.

    That is remembered until it ``expires_at``, by all processes: an identifier of a JWT is used once. One
    statement, or one call of Redis or Valkey where that counts. Raises TemporarilyUnavailable when the store
    does not answer.
    """
    return _store_of(is_kept=False).use_once(_digest_of(purpose, *parts), expires_at)


def _store_of(*, is_kept: bool) -> Store:
    return store_at(None if is_kept else conf.settings().LIMITER_URL)


def forget() -> None:
    """Forget which windows are full; the store still knows."""
    _full.clear()
    limit_windows.sweeping.start_anew()
    used_identifiers.sweeping.start_anew()


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
