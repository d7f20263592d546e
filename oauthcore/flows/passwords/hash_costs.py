"""A refused login costs the same work for every person, whichever hasher made the stored password.

Django evens out the work of one hasher only. Where passwords of an older hasher are still stored, its work
would tell that somebody has the login. So each refused login does the work of every older hasher that this
process has seen in use, whether or not the login is anybody's.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import get_hasher, identify_hasher
from django.views.decorators.debug import sensitive_variables

from oauthcore.accounts import User
from oauthcore.rules.text.hidden_text import HiddenText

#: An invented password, stored by each older hasher that was seen in use.
_seen: dict[str, str] = {}


def note_hasher(user: User) -> None:
    """Remember the hasher of a person's password if it is an older one, so that all logins cost its work."""
    older = _older_of(user)
    if older is not None and older.algorithm not in _seen:
        _seen[older.algorithm] = older.encode("", older.salt())


@sensitive_variables()  # hashers are given the password in clear
def even_out(user: User | None, password: HiddenText) -> None:
    """Do the hashing that this refused login did not cost; ``user`` is None for an unknown login.

    Call it when a login is refused, after Django has checked the password with the user's own hasher.
    """
    own, today = None if user is None else _older_of(user), get_hasher()
    if own is not None:
        today.encode(password.reveal(), today.salt())
    for algorithm, encoded in list(_seen.items()):
        if algorithm != today.algorithm and (own is None or own.algorithm != algorithm):
            identify_hasher(encoded).verify(password.reveal(), encoded)


def forget() -> None:
    """Forget which hashers were seen, as a process does that begins."""
    _seen.clear()


def _older_of(user: User) -> Any:
    """Return the hasher of a person's password, or None where it is today's, or there is no password."""
    try:
        stored_by = identify_hasher(user.password)
    except ValueError:  # no password to log in with: Django hashes as for an unknown user
        return None
    return stored_by if stored_by.algorithm != get_hasher().algorithm else None
