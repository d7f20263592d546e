"""Limits of passwords and codes: each try is counted before it is checked (wire §6).

Every view that takes a password or a code counts here: signing in from an app, the login page, and pages that
ask for a password again. A try is given back after everything was right, so only failures fill the limits::

    tries = count_password(login, user=user)  # raises Throttled
    if user.check_password(password):
        tries.give_back()
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from oauthcore import conf, request_context
from oauthcore.accounts import User
from oauthcore.limiter import (
    Limit,
    Try,
    count_tries,
    give_back,
    require,
    require_room,
    require_tries,
    seconds_full,
)
from oauthcore.models import KnownAddress
from oauthcore.models.database import DATABASE_IS_DOWN
from oauthcore.rules.errors.oauth import TemporarilyUnavailable
from oauthcore.rules.sign_in.logins import one_spelling

logger = logging.getLogger("oauthcore")


@dataclass(frozen=True)
class Tries:
    """The tries that were counted for one password or one code."""

    counted: tuple[Try, ...] = ()

    def __add__(self, others: Tries) -> Tries:
        return Tries(self.counted + others.counted)

    def give_back(self) -> None:
        """Remove the tries from their windows. Call it after everything was right, outside of transactions.

        A try that cannot be given back stays counted.
        """
        try:
            give_back(self.counted)
        except (TemporarilyUnavailable, *DATABASE_IS_DOWN):
            logger.warning("a right password or code stays counted as a try", exc_info=True)

    def packed(self) -> list[list[str]]:
        """Return the tries as JSON, to store them until the second factor is shown."""
        return [[one.key.hex(), one.window] for one in self.counted if one.wait is None]

    @classmethod
    def unpacked(cls, kept: Sequence[Sequence[str]] | None) -> Tries:
        """Return the tries that ``packed`` made JSON of; none where none were kept."""
        return cls(tuple(Try(bytes.fromhex(key), window) for key, window in kept or ()))


#: No tries.
NO_TRIES = Tries()


def count_password(login: str, *, user: User | None) -> Tries:
    """Count a try of a password: for the request's address (IPv6: its /64), and for the login.

    ``user`` has this login, or is None where no user has it. All spellings of a login share a count. At an
    address from which the person has signed in before, only the tries from there count, so that strangers
    elsewhere cannot lock them out.

    Raises Throttled for one too many, and TemporarilyUnavailable when the limiter's store does not answer.
    """
    address, whose = request_context.address_group(), whose_login(login, user=user)
    asked: list[tuple[Limit, tuple[str, ...]]] = [
        (address_limit(), (address,)),
        (login_limit(), (whose, address)),
    ]
    counted: list[Try] = []
    if seconds_full(login_limit(), whose, address) is not None:
        # A login that is known to be full needs no more than the count of the address.
        counted = count_tries(*asked)
        require(counted, asked)  # its window may have ended in this moment: then it goes on
        asked = []
    is_known = KnownAddress.is_known(_digest(login, user=user))
    # Unknown logins and known addresses cause the same statements: the time must not tell them apart.
    # The count of a known address decides nothing.
    asked.append((stranger_limit(), (whose, address) if is_known else (whose,)))
    last = count_tries(*asked)
    if not (is_known and len(last) == len(asked)):
        require(last, asked)
    return Tries((*counted, *last))


def refuse_full_address() -> None:
    """Raise Throttled if this process knows that the request's address may not try now; nothing is counted.

    Call it before a login is looked up: the refusal costs no statement then, and is the same for every login.
    """
    require_room(address_limit(), request_context.address_group())


def count_address() -> Tries:
    """Count a try from the request's address, without a login; raises as ``count_password`` does."""
    return count((address_limit(), (request_context.address_group(),)))


def address_limit() -> Limit:
    """Return how often one address may try."""
    return Limit("login-address", *conf.settings().LOGIN_ADDRESS_LIMIT)


def login_limit() -> Limit:
    """Return how often one login may be tried from one address."""
    return Limit("login", *conf.settings().LOGIN_LIMIT)


def stranger_limit() -> Limit:
    """Return how often one login may be tried from all addresses that the person never signed in from."""
    return Limit("login-strangers", *conf.settings().LOGIN_STRANGER_LIMIT)


def whose_login(login: str, *, user: User | None) -> str:
    """Return the name of a login in a limit: the person's username, or one spelling of an unknown login.

    The two share a name: no user has the login ``ADA`` where usernames are compared letter by letter, but it
    counts as a try of ``ada`` all the same.
    """
    return one_spelling(login if user is None else str(user.get_username()))


def count_waiting() -> None:
    """Count a session that is opened for an authorization request to wait in, before anybody has logged in.

    Raises as ``count_address`` does.
    """
    limit = Limit("waiting-request", *conf.settings().WAITING_REQUEST_LIMIT)
    count((limit, (request_context.address_group(),)))


def known_address(user: User, *, now: datetime) -> KnownAddress:
    """Return that a person has signed in from the request's address. It is not stored yet."""
    return KnownAddress(digest=_digest("", user=user), last_at=now)


def count(*asked: tuple[Limit, Sequence[str]]) -> Tries:
    """Count a try in each of several limits, in their order; raises as ``count_password`` does."""
    return Tries(tuple(require_tries(*asked)))


def _digest(login: str, *, user: User | None) -> bytes:
    """Return the key of an address that a person is known at; an unknown login is known nowhere."""
    who = f"{user.pk}" if user is not None else f"\x00{one_spelling(login)}"
    return sha256(f"{who}\x00{request_context.address_group()}".encode("utf-8", "surrogatepass")).digest()
