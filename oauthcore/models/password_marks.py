"""Password marks: grants and consents of a person end when their password changes."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def password_mark(user: AbstractBaseUser) -> bytes:
    """Return a digest of the session auth hash. It changes only if the password changes."""
    return sha256(user.get_session_auth_hash().encode()).digest()


def accepted_marks(user: AbstractBaseUser) -> list[bytes]:
    """Return the marks of the user's password: with the current secret key, and with each fallback."""
    fallbacks = user.get_session_auth_fallback_hash()
    return [password_mark(user), *(sha256(old.encode()).digest() for old in fallbacks)]


def has_mark(user: AbstractBaseUser, mark: bytes) -> bool:
    """Return whether the mark is the user's. Fallback keys are tried only if the current key fails."""
    return password_mark(user) == mark or mark in accepted_marks(user)
