"""Sizes of data as people write them: ``512``, ``64 KB``, ``10 MB``."""

from __future__ import annotations

from oauthcore.rules.text.numbers import whole_number

#: The units that staff read and write: one KB is 1,024 bytes, in upper or lower case.
UNITS = {"bytes": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30}
_BYTES = {"": 1, "b": 1, "kb": 2**10, "kib": 2**10, "mb": 2**20, "mib": 2**20, "gb": 2**30, "gib": 2**30}
#: The largest size that a column of 64 bits can hold.
LARGEST = 2**63 - 1


def parse_size(text: str) -> int:
    """Return a size in bytes; raise ValueError, which says how to write a size."""
    written = text.strip()
    digits = written.rstrip("BKMGIbkmgi ")
    number = whole_number(digits)
    factor = _BYTES.get(written[len(digits) :].strip().lower())
    if number is None or factor is None or not 1 <= number * factor <= LARGEST:
        raise ValueError("Write a size as a whole number of bytes, or with its unit: 64 KB, 10 MB.")
    return number * factor


def split(size: int) -> tuple[int, str]:
    """Return a size as a whole number of the largest unit that divides it, and that unit."""
    unit = max((name for name in UNITS if size % UNITS[name] == 0), key=UNITS.__getitem__)
    return size // UNITS[unit], unit


def shown_size(size: int) -> str:
    """Return a size for people, exactly: in the largest unit that gives a whole number."""
    number, unit = split(size)
    return f"{number} {unit}"
