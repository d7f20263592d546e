"""The limiter: it counts tries atomically across processes, and refuses tries beyond a limit.

By default the SQL database counts, so several processes share one count without another service. Redis or
Valkey counts if ``OAUTHCORE["LIMITER_URL"]`` names one. A window begins with the first try and ends by
itself. The limiter also remembers identifiers that may be used only once.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby

from django.utils import timezone

from oauthcore import conf
from oauthcore.limiter.stores import Store, store_at
from oauthcore.models import LimitWindow, limit_windows, used_identifiers
from oauthcore.models.database import retried
from oauthcore.models.limit_statements import TOO_FAR, Asked
from oauthcore.observing import metrics
from oauthcore.rules.errors.oauth import Throttled

#: The number of full windows that a process remembers, so that many tries do not cause as many statements.
_MOST_REMEMBERED = 10_000
#: For this many seconds. In this time another process can give tries back, or staff can lift the limit.
REMEMBERED_FOR = 5
_full: dict[bytes, tuple[float, float]] = {}
#: Another object each time that this process makes room in a window.
_latest = object()


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

    def give_back(self) -> None:
        """Remove the try from the count."""
        give_back([self])


def _digest_of(*parts: str) -> bytes:
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def count_try(limit: Limit, *parts: str) -> Try:
    """Count one try for these parts, unless the limit is reached.

    A try beyond the limit is not counted. Raises TemporarilyUnavailable if the store does not answer.
    """
    return count_tries((limit, parts))[0]


def count_tries(*asked: tuple[Limit, Sequence[str]]) -> list[Try]:
    """Count one try in each of several limits, in their order, until one of them is reached.

    Return the tries, the one that was refused included. It costs one call of the store where all limits are
    counted in the same one. Otherwise as ``count_try``.
    """
    tries: list[Try] = []
    for is_kept, some in groupby(asked, key=lambda one: one[0].is_kept):
        tries += _count(list(some), is_kept=is_kept)
        if tries[-1].wait is not None:
            break
    return tries


def _count(asked: Sequence[tuple[Limit, Sequence[str]]], *, is_kept: bool) -> list[Try]:
    limits = [(limit, limit.key(*parts)) for limit, parts in asked]
    for place, (limit, key) in enumerate(limits):
        ends_at = _remembered(key, limit)
        if ends_at is not None:
            before = _count_in_store(limits[:place], is_kept=is_kept) if place else []
            if before and before[-1].wait is not None:
                return before
            metrics.count("throttled", limit.name)
            return [*before, Try(key, wait=max(1, math.ceil(ends_at - time.time())))]
    return _count_in_store(limits, is_kept=is_kept)


def _count_in_store(limits: Sequence[tuple[Limit, bytes]], *, is_kept: bool) -> list[Try]:
    known = _latest
    asked = [Asked(key, most=limit.most, seconds=limit.seconds) for limit, key in limits]
    tries: list[Try] = []
    for (limit, key), (is_counted, window, left) in zip(
        limits, _store_of(is_kept=is_kept).count(asked), strict=False
    ):
        if is_counted:
            tries.append(Try(key, window, is_kept=is_kept))
            continue
        metrics.count("throttled", limit.name)
        if not is_kept:
            _remember(key, time.time() + left, known=known)
        tries.append(Try(key, wait=max(1, math.ceil(left))))
    return tries


def require_try(limit: Limit, *parts: str) -> Try:
    """Count one try for these parts; raise Throttled, with ``Retry-After``, if the limit is reached."""
    return require_tries((limit, parts))[0]


def require_tries(*asked: tuple[Limit, Sequence[str]]) -> list[Try]:
    """Count tries as ``count_tries`` does; raise Throttled, with ``Retry-After``, if a limit is reached."""
    tries = count_tries(*asked)
    require(tries, asked)
    return tries


def require(tries: Sequence[Try], asked: Sequence[tuple[Limit, Sequence[str]]]) -> None:
    """Raise Throttled, with ``Retry-After``, if the last of these tries was refused."""
    wait = tries[-1].wait
    if wait is not None:
        name = asked[len(tries) - 1][0].name
        raise Throttled(f"too many tries within the limit {name!r}", retry_after=wait)


def give_back(tries: Iterable[Try]) -> None:
    """Remove tries from their counts: one call of each store that they were counted in."""
    counted = [one for one in tries if one.wait is None]
    for is_kept in {one.is_kept for one in counted}:
        some = [one for one in counted if one.is_kept is is_kept]
        _store_of(is_kept=is_kept).give_back([(one.key, one.window) for one in some])
    _not_full([one.key for one in counted])


def seconds_full(limit: Limit, *parts: str) -> int | None:
    """Return for how many seconds this process knows that a window is full, or None; nothing is counted.

    It does not ask the store. Use it before expensive work: after a full window, each process does that work
    at most once in ``REMEMBERED_FOR`` seconds.
    """
    ends_at = _remembered(limit.key(*parts), limit)
    return None if ends_at is None else max(1, math.ceil(ends_at - time.time()))


def require_room(limit: Limit, *parts: str) -> None:
    """Raise Throttled if this process knows that a window is full, as ``seconds_full`` does."""
    if (wait := seconds_full(limit, *parts)) is not None:
        metrics.count("throttled", limit.name)
        require([Try(limit.key(*parts), wait=wait)], [(limit, parts)])


def hold(limit: Limit, *parts: str) -> None:
    """Lock the row of a limit that ``is_kept`` until the transaction ends. Nothing is counted."""
    LimitWindow.hold(limit.key(*parts), now=timezone.now())


@retried
def lift(keys: Mapping[bytes, Limit]) -> int:
    """Reset the counters of the keys; return how many of them had counted something.

    Other processes learn of it within ``REMEMBERED_FOR`` seconds.
    """
    by_place = {
        is_kept: [key for key, limit in keys.items() if limit.is_kept is is_kept] for is_kept in (True, False)
    }
    lifted = sum(_store_of(is_kept=is_kept).lift(some) for is_kept, some in by_place.items() if some)
    _not_full(keys)
    return lifted


@retried
def use_once(purpose: str, *parts: str, expires_at: datetime) -> bool:
    """Use an identifier once, such as the ``jti`` of a JWT; return False if it was used before.

    The parts name it within the ``purpose``. All processes remember it until ``expires_at``. It costs one
    statement, or one call of Redis or Valkey. Raises TemporarilyUnavailable if the store does not answer.
    """
    return _store_of(is_kept=False).use_once(_digest_of(purpose, *parts), expires_at)


def require_store() -> None:
    """Raise TemporarilyUnavailable if Redis or Valkey counts and does not answer."""
    _store_of(is_kept=False).require()


def clock_of(url: str | None) -> datetime | None:
    """Return the time by the clock of the store at a URL, or of the SQL database without one.

    None if the store has no clock of its own. Raises TemporarilyUnavailable if it does not answer.
    """
    return store_at(url).clock()


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


def _not_full(keys: Iterable[bytes]) -> None:
    """Forget that windows are full. Call it after the store has made room in them."""
    global _latest  # noqa: PLW0603 - threads compare it, and none waits for another
    _latest = object()
    for key in keys:
        _full.pop(key, None)


def _remember(key: bytes, ends_at: float, *, known: object) -> None:
    """Remember a full window, unless room was made since the store was asked, when ``known`` was the latest.

    The answer of the store may be older than the room. Otherwise a place that is free would be refused.
    """
    now = time.time()
    if len(_full) >= _MOST_REMEMBERED:
        old = [one for one, (_, seen_at) in _full.items() if now - seen_at >= REMEMBERED_FOR]
        for one in old or list(_full)[:100]:
            _full.pop(one, None)
    _full[key] = (ends_at, now)
    if _latest is not known:
        _full.pop(key, None)
