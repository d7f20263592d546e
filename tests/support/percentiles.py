"""Percentiles of times, for the proof and the benchmarks."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles


def percentile(seconds: Sequence[float], hundredth: int = 99) -> float:
    """Return the time that so many in a hundred do not exceed, 1 to 100; 0 without any time.

    Between two times it is in proportion, so ``percentile(range(101), 99)`` is 99.
    """
    if len(seconds) < 2 or hundredth == 100:
        return max(seconds, default=0.0)
    return quantiles(seconds, n=100, method="inclusive")[hundredth - 1]
