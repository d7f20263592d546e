"""Password marks: grants and consents of a person end when their password changes."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.conf import settings as django_settings
from django.contrib.auth.base_user import AbstractBaseUser

#: As Django has it, the session auth hash follows from the password's hash and the secret key alone.
_DJANGO: Any = AbstractBaseUser
_OWN, _INNER = _DJANGO.get_session_auth_hash, _DJANGO._get_session_auth_hash
#: The marks of passwords that were seen lately, by the password's hash and the secret key. An HMAC and two
#: digests are a tenth of a bearer check. Whose password it is now is read from the database at each check.
_kept: dict[tuple[str, str], bytes] = {}
_MOST_KEPT = 1024


def password_mark(user: AbstractBaseUser) -> bytes:
    """Return a digest of the session auth hash. It changes only if the password changes."""
    of: Any = user.__class__  # which a lazy user, as ``request.user`` is, has from the person
    if of.get_session_auth_hash is not _OWN or of._get_session_auth_hash is not _INNER:
        return _worked_out(user)  # the site's own may follow from anything
    key = user.password, django_settings.SECRET_KEY
    mark = _kept.get(key)
    if mark is None:
        mark = _worked_out(user)
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[key] = mark
    return mark


def _worked_out(user: AbstractBaseUser) -> bytes:
    return sha256(user.get_session_auth_hash().encode()).digest()


def accepted_marks(user: AbstractBaseUser) -> list[bytes]:
    """Return the marks of the user's password: with the current secret key, and with each fallback."""
    fallbacks = user.get_session_auth_fallback_hash()
    return [password_mark(user), *(sha256(old.encode()).digest() for old in fallbacks)]


def has_mark(user: AbstractBaseUser, mark: bytes) -> bool:
    """Return whether the mark is the user's. Fallback keys are tried only if the current key fails."""
    return password_mark(user) == mark or mark in accepted_marks(user)
