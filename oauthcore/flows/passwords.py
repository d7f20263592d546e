"""Passwords: telling a change from a mere rehash, which Django does at a login when hashers move on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import check_password, get_hasher, identify_hasher
from django.views.decorators.debug import sensitive_variables

from oauthcore.models import Grant
from oauthcore.models.database import primary
from oauthcore.models.grants import accepted_marks, password_mark
from oauthcore.rules.secrets import HiddenText


@dataclass
class LoginAttempt:
    """One check of a password; ``user`` is set by whoever made it when it was right."""

    user: Any = None


@contextmanager
def keep_grants_over_rehash(before: Any, password: HiddenText) -> Iterator[LoginAttempt]:
    """Note a user's password marks before a check of the password, and move the grants along after it.

    A rehash of the very password that was just shown changes the mark, and grants opened under the old one
    stay. So does a new password that somebody sets at the same moment: then the old hash is of another one,
    and what was granted under it has ended. ``before`` is the user as they were looked up, or None;
    ``password`` hides itself, for no decorator does that for a generator.
    """
    marks = accepted_marks(before) if before is not None else []
    attempt = LoginAttempt()
    yield attempt
    user = attempt.user
    if user is None or before is None or user.pk != before.pk:
        return
    after = password_mark(user)
    if after not in marks and check_password(password, before.password):
        Grant.objects.using(primary()).filter(user=user, password_mark__in=marks).update(password_mark=after)


@sensitive_variables("password")
def hash_as_for_nobody(user: Any, password: str) -> None:
    """Hash a wrong password with today's hasher as well, where the user's was stored by another one.

    That is what a login costs that nobody has; Django evens out the work of one hasher only, and those who
    have not logged in for long would be told from nobody by the time an older, faster one takes.
    """
    try:
        stored_by = identify_hasher(user.password)
    except ValueError:  # no password to log in with: Django has done it
        return
    today = get_hasher()
    if stored_by.algorithm != today.algorithm:
        today.encode(password, today.salt())
