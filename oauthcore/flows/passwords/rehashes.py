"""Passwords: telling a change from a mere rehash, which Django does when its hashers change.

Django rehashes in ``user.check_password``, once the password that was shown has proved right: at its login
form, in the admin, in ``authenticate``, in any form that asks for the password. There the password marks of
the grants are updated, so the grants stay. A password that is set in any other way ends the grants under the
old password.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from functools import wraps
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import check_password as is_hash_of
from django.contrib.auth.hashers import make_password
from django.db.models import F
from django.views.decorators.debug import sensitive_variables

from oauthcore.accounts import User
from oauthcore.models import Grant, MFAChallenge, RelyingPartySession
from oauthcore.models.database import atomic, not_again, primary, retried
from oauthcore.models.password_marks import accepted_marks, password_mark
from oauthcore.recording import logouts
from oauthcore.rules.text.hidden_text import HiddenText

#: A check is done again with what is stored by then, if another request has stored another hash meanwhile.
_MOST_CHECKS = 3


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
        if isinstance(user.save, _Saving):  # within another check, which looks at what was saved
            return bool(check(user, raw_password))
        for _ in range(_MOST_CHECKS):
            with _moving_grants_along(user) as saving:
                is_right = bool(check(user, raw_password))
            if not saving.was_overtaken:
                return is_right
        return False

    @sensitive_variables("raw_password")
    @wraps(acheck)
    async def acheck_password(user: User, raw_password: str) -> bool:
        if isinstance(user.save, _Saving):
            return bool(await acheck(user, raw_password))
        for _ in range(_MOST_CHECKS):
            with _moving_grants_along(user) as saving:
                is_right = bool(await acheck(user, raw_password))
            if not saving.was_overtaken:
                return is_right
        return False

    model.check_password, model.acheck_password = check_password, acheck_password


class _Saving:
    """Saves a user. Another hash of their password takes along, in one transaction, what is under it.

    That is their grants, and sign-ins that wait for the second factor. A hash that another request has
    stored since this one was read is not replaced: it is another hash of the same password, or a new
    password. Then ``was_overtaken`` is true, ``user.password`` is what is stored, and the caller has to
    verify the password again.
    """

    def __init__(self, user: User, save: Callable[..., None]) -> None:
        self._user, self._save = user, save
        self._verified, self._marks = user.password, accepted_marks(user)
        self.was_overtaken = False

    def __call__(self, *args: Any, **values: Any) -> None:
        """Save, as ``user.save`` does."""
        user, fields = self._user, values.get("update_fields")
        is_hash = user.password != self._verified and (fields is None or "password" in fields)
        if not is_hash or user.pk is None:
            self._save(*args, **values)
            return
        rows = type(user)._base_manager.using(primary()).filter(pk=user.pk)
        with atomic():
            if rows.filter(password=self._verified).update(password=user.password):
                self._save(*args, **values)
                self._move()
                return
        stored = rows.values_list("password", flat=True).first()
        user.password = make_password(None) if stored is None else stored
        self.was_overtaken = True

    def _move(self) -> None:
        after = password_mark(self._user)
        for rows in (Grant.objects.all(), MFAChallenge.objects.all()):
            rows.filter(user=self._user.pk, password_mark__in=self._marks).update(password_mark=after)
        self._verified, self._marks = self._user.password, accepted_marks(self._user)


@contextmanager
def _moving_grants_along(user: User) -> Iterator[_Saving]:
    """Meanwhile, whatever saves another hash for this user does it with ``_Saving``."""
    own = {name: value for name, value in vars(user).items() if name == "save"}
    saving = _Saving(user, user.save)
    user.save = saving  # type: ignore[method-assign]
    try:
        yield saving
    finally:
        del user.save
        vars(user).update(own)


def replace_password(user: User, change: Callable[[], object]) -> bool:
    """Let ``change`` set another password on a user, without saving it, and store it; return whether it was.

    The former password has just been verified against ``user.password``. Where another one is stored by now,
    nothing is: somebody has changed the password meanwhile. Only what ``change`` has changed is written.
    """
    verified, before = user.password, _columns(user)
    change()
    changed = [name for name, value in _columns(user).items() if value != before[name]]
    return _store_password(user, verified, changed)


def _columns(user: User) -> dict[str, Any]:
    return {field.name: getattr(user, field.attname) for field in user._meta.concrete_fields}


@retried
def _store_password(user: User, verified: str, changed: list[str]) -> bool:
    with atomic():
        RelyingPartySession.hold_of(user)  # as an approval does, before the row of the user
        rows = get_user_model()._default_manager.using(primary()).filter(pk=user.pk, password=verified)
        if not rows.update(password=F("password")):  # which locks the row
            return False
        not_again()  # the site's receivers are told
        user.save(update_fields=changed)
    return True


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
