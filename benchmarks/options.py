"""Read what a command line of the benchmarks is given; a value that is too small is refused in a sentence.

Example::

    parser.add_argument("--rounds", type=at_least(1), default=3)
    parser.add_argument("--seconds", type=more_than_nothing, default=30.0)
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable


def at_least(least: int) -> Callable[[str], int]:
    """Return what reads a whole number of this size or more."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"it takes a whole number, {least} or more")
        return number

    return read


def more_than_nothing(text: str) -> float:
    """Read a number above 0 that is not infinite, such as seconds or requests a second."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError("it takes a number above 0 that is not infinite")
    return number


def some_of(allowed: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """Return what reads some of these names, with semicolons or commas between them."""

    def read(text: str) -> tuple[str, ...]:
        separator = ";" if ";" in text else ","
        names = (text,) if text in allowed else tuple(name.strip() for name in text.split(separator))
        if unknown := [name for name in names if name not in allowed]:
            raise argparse.ArgumentTypeError(f"there is no {unknown[0]!r}, but {'; '.join(allowed)}")
        return names

    return read
