"""Credentials: the one place that decides whether a login and a password belong together.

All password checks use this module: the login page, signing in from an app, and pages that ask again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import authenticate, get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import DatabaseError
from django.views.decorators.debug import sensitive_variables

from oauthcore import conf, request_context
from oauthcore.accounts import User
from oauthcore.flows.passwords.hash_costs import even_out, note_hasher
from oauthcore.flows.passwords.password_tries import Tries, count_password, refuse_full_address
from oauthcore.models.database import DATABASE_IS_DOWN, primary
from oauthcore.rules.errors.sign_in import InvalidCredentials
from oauthcore.rules.sign_in import logins
from oauthcore.rules.text.hidden_text import HiddenText

#: Hashing a megabyte costs a second; no password manager makes a longer one.
LONGEST_PASSWORD = 1024
LONGEST_LOGIN = 320


@dataclass(frozen=True)
class ShownPassword:
    """The user whose password was right, and the tries: give them back after the last factor was right."""

    user: User
    tries: Tries


@sensitive_variables()  # authentication backends and hashers are given the password in clear
def check_credentials(login: str, password: HiddenText, *, request: Any = None) -> ShownPassword:
    """Return the live user with this username or e-mail address and password.

    The try is counted first, so that a try beyond the limit costs no hashing. It stays counted until the
    caller gives it back. ``request`` is passed to the authentication backends of the site. An unknown login,
    a wrong password and an inactive user give the same InvalidCredentials, in the same time. Raises
    Throttled, and TemporarilyUnavailable if tries cannot be counted.
    """
    refuse_full_address()
    found = find_person(login)
    if found is not None:
        request_context.name_person(found)
        note_hasher(found)
    tries = count_password(login, user=found)
    if len(password) > LONGEST_PASSWORD:
        raise InvalidCredentials(f"the password has more than {LONGEST_PASSWORD} characters")
    username = login if found is None else found.get_username()
    user = authenticate(request, **{get_user_model().USERNAME_FIELD: username, "password": password.reveal()})
    if user is None:
        even_out(found, password)
        raise InvalidCredentials("the login is unknown" if found is None else "the password does not fit")
    if not conf.settings().account_backend.is_live_user(user):
        raise InvalidCredentials("the person is not active")
    return ShownPassword(user, tries)


def require_password(user: User, password: HiddenText, *, request: Any = None) -> None:
    """Check the password of a person who is logged in. Raises as ``check_credentials`` does."""
    _shown_by(user, password, request).give_back()


@contextmanager
def password_shown(user: User, password: HiddenText, *, request: Any = None) -> Iterator[None]:
    """Check a password, and a code within the block. The password without the code counts as a failure.

    Raises as ``check_credentials`` does.
    """
    tries = _shown_by(user, password, request)
    yield
    tries.give_back()


@contextmanager
def still_there(user: User) -> Iterator[None]:
    """Raise InvalidCredentials if the user is deleted during the block.

    The rows that the block writes would belong to a deleted user.
    """
    try:
        yield
    except DATABASE_IS_DOWN:
        raise
    except DatabaseError:
        if get_user_model()._default_manager.using(primary()).filter(pk=user.pk).exists():
            raise
        raise InvalidCredentials("the person was deleted meanwhile") from None


def _shown_by(user: User, password: HiddenText, request: Any) -> Tries:
    shown = check_credentials(str(user.get_username()), password, request=request)
    if shown.user.pk != user.pk:
        raise InvalidCredentials("the password is somebody else's")
    return shown.tries


def find_person(login: str) -> User | None:
    """Return the user of a login, active or not: by username, otherwise by e-mail address.

    An address that several people have does not count as a login. Case does not matter, so a large site
    gives it an index (``docs/signing-in.md``). A text that cannot be a name is not looked up, because
    PostgreSQL refuses NUL.
    """
    model = get_user_model()
    typed = logins.as_typed(login)
    if "\x00" in typed or len(typed) > LONGEST_LOGIN:
        return None
    # Never compiled once: the manager of a site may look at its tenant, or at the time.
    people = model._default_manager.using(primary())
    named = people.filter(**{model.USERNAME_FIELD: typed}).first()
    email = _email_field(model)
    if "@" not in typed or email is None:
        return named
    # Always query, even if the username was found: the time must not show whether a login is known.
    owners = list(people.filter(**{f"{email}__iexact": typed})[:2])
    return named or (owners[0] if len(owners) == 1 else None)


def _email_field(model: Any) -> str | None:
    """Return the column of the people's e-mail addresses; Django names one even where there is none."""
    name: str = model.get_email_field_name()
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return name
