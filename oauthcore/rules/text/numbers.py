"""Whole numbers in the input of strangers."""

from __future__ import annotations

#: The fewest digits that may not fit a 64-bit key.
_TOO_MANY_DIGITS = 19


def whole_number(text: str) -> int | None:
    """Return the number of a text of ASCII digits; None for any other text and for more than a key can hold.

    ``int`` and ``str.isdigit`` alone would accept signs, spaces and digits of other scripts. A number has one
    spelling, so a leading zero is refused.
    """
    is_number = text.isascii() and text.isdigit() and len(text) < _TOO_MANY_DIGITS and text == str(int(text))
    return int(text) if is_number else None
