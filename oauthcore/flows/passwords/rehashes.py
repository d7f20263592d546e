"""Passwords: telling a change from a mere rehash, which Django does when its hashers change.

Django rehashes in ``user.check_password``, once the password that was shown has proved right: at its login
form, in the admin, in ``authenticate``, in any form that asks for the password. There the password marks of
the grants are updated, so the grants stay. A password that is set in any other way ends the grants under the
old password.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import wraps
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password as is_hash_of
from django.contrib.auth.hashers import make_password
from django.views.decorators.debug import sensitive_variables

from oauthcore.accounts import User
from oauthcore.models import Grant, MFAChallenge
from oauthcore.models.database import atomic, primary, retried
from oauthcore.models.password_marks import accepted_marks, password_mark
from oauthcore.recording import logouts
from oauthcore.rules.text.hidden_text import HiddenText


def keep_grants_over_rehashes(model: Any) -> None:
    """Wrap the password checks of a user model, so that grants survive a rehash.

    ``check_password`` and ``acheck_password`` are wrapped on the model itself, also if the model overrides
    them.
    """
    check, acheck = model.check_password, model.acheck_password

    # The site's code passes the password in clear.
    @sensitive_variables("raw_password")
    @wraps(check)
    def check_password(user: User, raw_password: str) -> bool:
        with _moving_grants_along(user):
            return bool(check(user, raw_password))

    @sensitive_variables("raw_password")
    @wraps(acheck)
    async def acheck_password(user: User, raw_password: str) -> bool:
        with _moving_grants_along(user):
            return bool(await acheck(user, raw_password))

    model.check_password, model.acheck_password = check_password, acheck_password


@contextmanager
def _moving_grants_along(user: User) -> Iterator[None]:
    """Meanwhile, whatever saves another hash for this user moves along, in one transaction, what is under it.

    That is their grants, and sign-ins that wait for the second factor.
    """
    marks, save = accepted_marks(user), user.save

    def save_and_move(*args: Any, **values: Any) -> None:
        with atomic():
            save(*args, **values)
            after = password_mark(user)
            if after not in marks:
                for rows in (Grant.objects.all(), MFAChallenge.objects.all()):
                    rows.filter(user=user.pk, password_mark__in=marks).update(password_mark=after)

    is_within_another = "save" in vars(user)  # a model's own check may check again
    user.save = save_and_move  # type: ignore[method-assign]
    try:
        yield
    finally:
        if is_within_another:
            user.save = save  # type: ignore[method-assign]
        else:
            del user.save


@sensitive_variables()  # hashers are given the password in clear
def hashed_anew(user: User, password: HiddenText) -> HiddenText | None:
    """Return another hash of a password that has just proved right; of none where it is kept elsewhere.

    None where a password is stored here and another one proved right, as a directory's may: that one is not
    to be stored. Hash outside of transactions, and put it in place with ``end_sessions``.
    """
    if not user.has_usable_password():
        return HiddenText(make_password(None))
    clear = password.reveal()
    return HiddenText(make_password(clear)) if is_hash_of(clear, user.password) else None


@retried
def end_sessions(user: User, encoded: HiddenText, *, but: bytes) -> bool:
    """End every browser session of a person; return whether that was done.

    The caller keeps the session ``but`` (``login_sessions.browser_session_of``), so that the sessions at
    applications that began in it go on.

    Django binds each session to the hash of the password, so another hash of the same password ends them,
    whatever keeps the sessions and without a statement more in any request. Grants and devices go on: they
    move along. A password that was changed at the same moment stays, and has ended the sessions itself.
    """
    marks, renewed = accepted_marks(user), copy(user)
    renewed.password = encoded.reveal()
    with atomic():
        rows = get_user_model()._default_manager.using(primary()).filter(pk=user.pk, password=user.password)
        if not rows.update(password=renewed.password):
            return False
        grants = Grant.objects.filter(user=user.pk, password_mark__in=marks)
        grants.update(password_mark=password_mark(renewed))
        logouts.end_of_other_browsers(user, but=but)
    user.password = renewed.password
    return True
