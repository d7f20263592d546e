"""The check of ``LIMITER_URL``: an address that the limiter can use, and the package that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

from django.core.checks import CheckMessage, Error

from oauthcore import conf
from oauthcore.limiter import sentinel_addresses


def check_limiter(settings: conf.Settings) -> Iterator[CheckMessage]:
    """Check where limits are counted, if that is not the SQL database."""
    url = settings.LIMITER_URL or ""
    if url and (problem := _limiter_problem(url)):
        hint = "Give the address of a Redis or Valkey, or leave LIMITER_URL empty to count in SQL."
        yield Error(problem, hint=hint, id="oauthcore.E008")
    elif url and find_spec("redis") is None:
        hint = 'Install oauthcore with its "redis" extra, or leave LIMITER_URL empty to count in SQL.'
        yield Error("LIMITER_URL needs the redis package.", hint=hint, id="oauthcore.E008")


def _limiter_problem(url: str) -> str | None:
    """Return what is wrong with the address, which may have a password and is not repeated."""
    if not sentinel_addresses.is_sentinel_address(url):
        is_known = url.partition("://")[0] in ("redis", "rediss", "unix")
        return None if is_known else "LIMITER_URL is not a redis:// or redis+sentinel:// address."
    try:
        sentinel_addresses.parse(url)
    except ValueError as error:
        return f"LIMITER_URL is not the address of Sentinels: {error}."
    return None
