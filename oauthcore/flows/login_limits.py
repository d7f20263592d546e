"""How often somebody may try a password or a code: counted before it is looked at (``contract.md`` §6).

Every door counts here: signing in from an app, the login page, and whatever asks for a password again.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from oauthcore import conf, request_context
from oauthcore.limiter import Limit, count_try, hold, take_back
from oauthcore.models import KnownAddress
from oauthcore.rules.errors import Throttled
from oauthcore.rules.logins import one_spelling
from oauthcore.rules.networks import group_of


def count_address() -> None:
    """Count a try from the request's address (IPv6: its /64).

    Raises Throttled for one too many, and TemporarilyUnavailable when the limiter's store does not answer.
    """
    _count(Limit("login-address", *conf.settings().LOGIN_ADDRESS_LIMIT), _address())


def count_login(login: str, *, user: Any) -> None:
    """Count a try with a login, which is the user's, or nobody's that the site knows.

    Each spelling of it counts as one. Where the person has signed in from before only their own tries there
    count, so that strangers elsewhere cannot lock them out. Raises as ``count_address`` does.
    """
    settings = conf.settings()
    spelling = one_spelling(login if user is None else str(user.get_username()))
    _count(Limit("login", *settings.LOGIN_LIMIT), spelling, _address())
    strangers = Limit("login-strangers", *settings.LOGIN_STRANGER_LIMIT)
    # Logins that nobody has are looked up as well, and tries that are no stranger's are counted apart, for
    # nothing: an answer must come sooner for neither.
    if KnownAddress.is_known(_digest(spelling if user is None else f"{user.pk}")):
        count_try(strangers, spelling, _address())
    else:
        _count(strangers, spelling)


def count_waiting() -> None:
    """Count a session that is opened for an authorization request to wait in, before anybody has logged in.

    Raises as ``count_address`` does.
    """
    _count(Limit("waiting-request", *conf.settings().WAITING_REQUEST_LIMIT), _address())


def remember_address(user: Any, *, now: datetime) -> None:
    """Note that a person has signed in from the request's address."""
    KnownAddress.remember(_digest(f"{user.pk}"), now=now)


def count_code(user: Any) -> int | None:
    """Count a code of a person's second factor before it is looked at, in the transaction that does.

    The count's row is locked until that ends. Returns after how many seconds codes are looked at again, after
    one too many. ``take_back_code`` gives a right one back, for only wrong ones count.
    """
    return count_try(_of_codes(), str(user.pk))


def hold_codes(user: Any) -> None:
    """Wait until nobody looks at a code of the person, and let nobody do so until the transaction ends.

    Whatever changes a second factor, or what waits for one, begins with it, as ``count_code`` does: in one
    order, so that no two wait for each other.
    """
    hold(_of_codes(), str(user.pk))


def is_first_pause(user: Any) -> bool:
    """Return whether this is the first code too many in this window: the one to tell the person of."""
    limit = Limit("second-factor-paused", 1, conf.settings().SECOND_FACTOR_LIMIT[1], is_kept=True)
    return count_try(limit, str(user.pk)) is None


def take_back_code(user: Any) -> None:
    """Take a code back that was right."""
    take_back(_of_codes(), str(user.pk))


def _of_codes() -> Limit:
    return Limit("second-factor", *conf.settings().SECOND_FACTOR_LIMIT, is_kept=True)


def _count(limit: Limit, *parts: str) -> None:
    wait = count_try(limit, *parts)
    if wait is not None:
        raise Throttled(f"too many tries within the limit {limit.name!r}", retry_after=wait)


def _address() -> str:
    return group_of(request_context.current().address)


def _digest(person: str) -> bytes:
    return sha256(f"{person}\x00{_address()}".encode("utf-8", "surrogatepass")).digest()
