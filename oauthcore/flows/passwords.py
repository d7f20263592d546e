"""Passwords: telling a change from a mere rehash, which Django does at a login when hashers move on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from oauthcore.models import Grant
from oauthcore.models.database import primary
from oauthcore.models.grants import accepted_marks, password_mark


@dataclass
class LoginAttempt:
    """One check of a password; ``user`` is set by whoever made it when it was right."""

    user: Any = None


@contextmanager
def keep_grants_over_rehash(user_model: Any, login: str) -> Iterator[LoginAttempt]:
    """Note the user's password marks before a check of the password, and move the grants along after it.

    Only a rehash of the very password that was just shown can change the mark in between, so grants opened
    under an old mark stay. Unknown logins cost the same query.
    """
    before = user_model._default_manager.filter(**{user_model.USERNAME_FIELD: login}).first()
    marks = accepted_marks(before) if before is not None else []
    attempt = LoginAttempt()
    yield attempt
    user = attempt.user
    if user is None or before is None or user.pk != before.pk:
        return
    after = password_mark(user)
    if after not in marks:
        Grant.objects.using(primary()).filter(user=user, password_mark__in=marks).update(password_mark=after)
