"""User codes: what a person types to connect a device (RFC 8628 §6.1).

A code has eight letters and no vowels, so that no code is a word. It has 34 bits: one guess in 25 billion is
right. Upper and lower case, blanks and dashes do not matter.
"""

from __future__ import annotations

import secrets
import unicodedata

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH = 8
_GROUP = 4

#: The longest text that is read as a code: people may paste text around it.
LONGEST = 64


def make() -> str:
    """Make a new code, without a dash."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def parse(text: str) -> str | None:
    """Return the code that was typed, without dash, or None if the text cannot be a code."""
    if len(text) > LONGEST:
        return None
    plain = unicodedata.normalize("NFKC", text).upper()
    code = "".join(one for one in plain if one.isalnum())
    return code if len(code) == LENGTH and set(code) <= set(LETTERS) else None


def shown(code: str) -> str:
    """Return a code as devices and pages show it: in two groups."""
    return f"{code[:_GROUP]}-{code[_GROUP:]}"
