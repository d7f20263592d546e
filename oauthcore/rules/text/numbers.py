"""Numbers as strangers write them."""

from __future__ import annotations

#: The fewest digits that may not fit a 64-bit key.
_TOO_MANY_DIGITS = 19


def whole_number(text: str) -> int | None:
    """Return the number a text is in plain ASCII digits, or None where it is anything else or fits no key.

    ``int`` and ``str.isdigit`` alone would take signs, spaces and the digits of other scripts. A number has
    one spelling: a zero before other digits is refused.
    """
    is_number = text.isascii() and text.isdigit() and len(text) < _TOO_MANY_DIGITS and text == str(int(text))
    return int(text) if is_number else None
