"""Texts that an error may hold (RFC 6749 §5.2)."""

from __future__ import annotations

import re


def is_quotable(text: str) -> bool:
    """Return whether a text is in RFC 6749 §5.2's character set for ``error_description``."""
    return re.fullmatch(r"[\x20\x21\x23-\x5b\x5d-\x7e]+", text) is not None
