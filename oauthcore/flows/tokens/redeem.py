"""Redemption: a single-use token is used up and new tokens are stored, both or neither."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.db import OperationalError

from oauthcore import conf
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.models import Issued, SecurityEvent, Token, unanswered_turns
from oauthcore.models.database import DATABASE_IS_DOWN, retried
from oauthcore.models.inserts import NewRow
from oauthcore.models.issuing import NewTokens
from oauthcore.models.lifetimes import refresh_grace
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.tokens.sealing import seal, unseal
from oauthcore.rules.tokens.secrets import Secret

_NO_GRACE = timedelta(0)
#: The second try finds what the other request did; a third one may follow an unanswered rotation.
_MOST_TRIES = 3

Tokens = TypeVar("Tokens")


@dataclass(frozen=True)
class Issuing(Generic[Tokens]):
    """How tokens for the next refresh token are made, and what is answered once they are stored."""

    make: Callable[[Secret], NewTokens]
    answer: Callable[[Issued], Tokens]


@retried
def redeem(make: Callable[[], NewTokens], use: Callable[[Sequence[NewRow]], bool]) -> Issued | None:
    """Use a single-use token and store new tokens, both or neither; None if another request was first.

    ``use`` is given the rows of the new tokens.
    """
    return make().store_by(use)


def refresh(
    find: Callable[[], Token],
    spent: Secret,
    issuing: Callable[[Token], Issuing[Tokens]],
    *,
    now: datetime,
    replayed: type[OAuthError],
    refused: type[OAuthError],
) -> Tokens:
    """Trade a refresh token for new tokens and the next refresh token (RFC 9700 §4.14.2).

    ``issuing`` checks the chain, and says how tokens for the next refresh token are made. The immediate
    predecessor gets the current refresh token again, if that is unused and within
    ``REFRESH_TOKEN_GRACE``. Every other used token is a replay: it ends the grant and raises ``replayed``. If
    the grace was switched on after the last rotation, nothing ends and ``refused`` is raised.

    A rotation that the database did not answer was told to nobody. Without a grace, the refresh token before
    it is still good.
    """
    found = find()
    for _ in range(_MOST_TRIES):
        if not _may_turn(found, spent, now):
            break
        checked = issuing(found)
        issued = _turn(found, spent, checked.make, now=now)
        if issued is not None:
            return checked.answer(issued)
        found = find()  # somebody has turned it since
    else:
        # A transaction of the site reads what was there when it began, and so never sees who turned it.
        raise OperationalError("another request turned the refresh token, and this transaction cannot see it")
    if not _is_within_grace(found, spent, now):
        end_grant(
            found.grant, "refresh token replayed", now=now, kind=SecurityEvent.Kind.REFRESH_TOKEN_REPLAYED
        )
        raise replayed("the refresh token was used before")
    successor = _kept_successor(found, spent)
    if successor is None:
        raise refused("the refresh token was rotated a moment ago, and what it was traded for was not kept")
    checked = issuing(found)
    return checked.answer(_store_beside(checked.make, successor))


def _turn(
    found: Token, spent: Secret, make: Callable[[Secret], NewTokens], *, now: datetime
) -> Issued | None:
    """Rotate the current token of a chain. With a grace period, keep the next token sealed."""
    found.grant.renew_password_mark()
    successor = conf.settings().secret_format.next_turn(spent)
    at = found.turn
    sealed = (
        seal(successor.second_half, opened_by=spent)
        if refresh_grace(found.grant.application) > _NO_GRACE
        else None
    )
    try:
        return redeem(
            lambda: make(successor),
            lambda rows: found.use(spent, successor, at=at, sealed=sealed, now=now, rows=rows),
        )
    except DATABASE_IS_DOWN as error:
        unanswered_turns.note_if_unanswered(error, spent.turn, successor.turn, now=now)
        raise


def _may_turn(found: Token, spent: Secret, now: datetime) -> bool:
    """Return whether a refresh token is the newest one that anybody was given.

    With a grace nobody knows: a repetition may have given the client the successor of a noted turn.
    """
    if found.turn == spent.turn:
        return True
    return refresh_grace(found.grant.application) == _NO_GRACE and unanswered_turns.is_noted(
        spent.turn, bytes(found.turn or b""), now=now
    )


@retried
def _store_beside(make: Callable[[Secret], NewTokens], successor: Secret) -> Issued:
    """Store tokens for a refresh token that is current already."""
    return make(successor).store()


def _is_within_grace(found: Token, spent: Secret, now: datetime) -> bool:
    grace = refresh_grace(found.grant.application)
    # Check for zero first: with equal clock readings, a request that lost the race would look like grace.
    if grace == _NO_GRACE or found.turned_at is None or found.previous != spent.turn:
        return False
    return now < found.turned_at + grace


def _kept_successor(found: Token, spent: Secret) -> Secret | None:
    kept = found.successor
    second_half = None if kept is None else unseal(bytes(kept), opened_by=spent)
    return None if second_half is None else conf.settings().secret_format.next_turn(spent, second_half)
