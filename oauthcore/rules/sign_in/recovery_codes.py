"""Recovery codes: for a person who has lost their second factor. Each works once."""

from __future__ import annotations

import secrets
from hashlib import sha256
from uuid import UUID

from oauthcore.rules.text.hidden_text import HiddenText

#: Letters and digits that are not easily confused: 32 of them, five bits each.
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_LENGTH = 16  # 80 bits: a plain digest is right for them
_GROUP = 4
HOW_MANY = 10


def make() -> HiddenText:
    """Make one code, in groups of four: ``mq2x-7rhc-bt4n-w9ka``."""
    random = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return HiddenText("-".join(random[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)))


def as_typed(text: str) -> str:
    """Return a code in lower case, without spaces and dashes."""
    return "".join(text.replace("-", " ").split()).lower()


def is_code(text: str) -> bool:
    """Return whether a text, as ``as_typed`` gives it, could be a recovery code."""
    return len(text) == _LENGTH and set(text) <= set(_ALPHABET)


def digest_of(text: str, *, salt: UUID) -> bytes:
    """Return the salted digest of a code, which is what the database stores."""
    return sha256(salt.bytes + as_typed(text).encode()).digest()
