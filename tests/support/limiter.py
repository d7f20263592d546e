"""Counting tries."""

from __future__ import annotations

from oauthcore.limiter import count_try

HOUR = 3600


def let_through(limit, *who, tries):
    """Return how many of so many tries are let through."""
    return [count_try(limit, *who).wait for _ in range(tries)].count(None)
