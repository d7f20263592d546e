"""Digests with a purpose, for tokens of which another package stores a digest or an identifier only."""

from __future__ import annotations

from hashlib import sha256


class LeftOut(Exception):
    """A row, or a text, is not taken. The message says why, and repeats nothing secret."""


def purpose_digest(source: str, kind: str, value: bytes) -> bytes:
    """Return the digest that finds a token which another package stores as a digest, or under an identifier.

    The purpose comes first, with characters that no header may have. So what that package stores is no token
    here, and somebody who has read its table cannot use what they read.
    """
    return sha256(b"\0".join((b"", source.encode(), kind.encode(), value))).digest()
