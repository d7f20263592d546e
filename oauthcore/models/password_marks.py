"""Password marks: what was approved or opened under a password ends with it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def password_mark(user: AbstractBaseUser) -> bytes:
    """Return a digest of the session auth hash: it changes when, and only when, the password does."""
    return sha256(user.get_session_auth_hash().encode()).digest()


def accepted_marks(user: AbstractBaseUser) -> list[bytes]:
    """Return the marks of the user's password: with the current secret key, and with each fallback."""
    fallbacks = user.get_session_auth_fallback_hash()
    return [password_mark(user), *(sha256(old.encode()).digest() for old in fallbacks)]


def has_mark(user: AbstractBaseUser, mark: bytes) -> bool:
    """Return whether the mark is the user's; the fallbacks are worked out only where they are needed."""
    return password_mark(user) == mark or mark in accepted_marks(user)
