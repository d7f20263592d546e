"""How often wrong codes of a person's second factor are looked at: ten an hour of each kind (wire §6).

The counts are kept in the SQL database and change in the transaction in which a code is looked at.
"""

from __future__ import annotations

from enum import StrEnum

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.limiter import Limit, Try, count_try, hold


class CodeKind(StrEnum):
    """What is shown as a second factor; each kind has a count of its own, so that none pauses another.

    Somebody who knows the password can use up the tries for codes of the app. The person can still use a
    recovery code.
    """

    CODE = "code"
    RECOVERY_CODE = "recovery code"
    PASSKEY = "passkey"


def count_code(user: User, kind: CodeKind) -> Try:
    """Count a code of a person's second factor before it is looked at, in the transaction that does.

    Codes of one person are locked until that ends, as ``hold_codes`` does. A right one is given back.
    """
    if kind is not CodeKind.CODE:
        hold_codes(user)
    return count_try(limit_of(kind), str(user.pk))


def hold_codes(user: User) -> None:
    """Lock the person's codes until the transaction ends, so that they are checked one at a time.

    Whatever changes a second factor, or what waits for one, begins with it, as ``count_code`` does: in one
    order, so that no two wait for each other. It is the count of the app's codes that is locked.
    """
    hold(limit_of(CodeKind.CODE), str(user.pk))


def is_first_pause(user: User, kind: CodeKind) -> bool:
    """Return whether this is the first code too many in this window: the one to tell the person of."""
    return count_try(pause_limit(kind), str(user.pk)).wait is None


def limit_of(kind: CodeKind) -> Limit:
    """Return how many wrong codes of a kind are looked at."""
    return Limit(f"second-factor {kind}", *conf.settings().SECOND_FACTOR_LIMIT, is_kept=True)


def pause_limit(kind: CodeKind) -> Limit:
    """Return how often the person is told of a pause: once while it lasts."""
    return Limit(f"second-factor-paused {kind}", 1, conf.settings().SECOND_FACTOR_LIMIT[1], is_kept=True)
