"""Limits of wrong codes for a person's second factor: ten an hour of each kind (wire §6).

The counts are in the SQL database, and change in the transaction that checks a code.
"""

from __future__ import annotations

from enum import StrEnum

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.limiter import Limit, Try, count_try, hold


class CodeKind(StrEnum):
    """The kind of second factor. Each kind has its own count, so that no kind blocks another.

    Somebody who knows the password can use up the tries for codes of the app. The person can still use a
    recovery code.
    """

    CODE = "code"
    RECOVERY_CODE = "recovery code"
    PASSKEY = "passkey"


def count_code(user: User, kind: CodeKind) -> Try:
    """Count a code of a person's second factor before it is checked, in the same transaction.

    It locks the codes of the person, as ``hold_codes`` does. The try of a right code is given back.
    """
    if kind is not CodeKind.CODE:
        hold_codes(user)
    return count_try(limit_of(kind), str(user.pk))


def hold_codes(user: User) -> None:
    """Lock the person's codes until the transaction ends, so that they are checked one at a time.

    Every change of a second factor or challenge begins with this lock, as ``count_code`` does. The fixed
    order prevents deadlocks. The locked row is the count of the app's codes.
    """
    hold(limit_of(CodeKind.CODE), str(user.pk))


def is_first_pause(user: User, kind: CodeKind) -> bool:
    """Return whether this is the first code beyond the limit in this window. Then the person gets a mail."""
    return count_try(pause_limit(kind), str(user.pk)).wait is None


def limit_of(kind: CodeKind) -> Limit:
    """Return the limit of wrong codes of a kind."""
    return Limit(f"second-factor {kind}", *conf.settings().SECOND_FACTOR_LIMIT, is_kept=True)


def pause_limit(kind: CodeKind) -> Limit:
    """Return the limit of mails about a pause: one while it lasts."""
    return Limit(f"second-factor-paused {kind}", 1, conf.settings().SECOND_FACTOR_LIMIT[1], is_kept=True)
