"""Redemption: a single-use token is used up and new tokens are issued, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from oauthcore import conf
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.models import SecurityEvent, Token
from oauthcore.models.database import atomic, retried
from oauthcore.models.lifetimes import refresh_grace
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.tokens.sealing import seal, unseal
from oauthcore.rules.tokens.secrets import Secret

_NO_GRACE = timedelta(0)

Tokens = TypeVar("Tokens")


@retried
def redeem(use: Callable[[], bool], issue_tokens: Callable[[], Tokens]) -> Tokens | None:
    """Use a single-use token and issue tokens, in one transaction; None if another request was first."""
    with atomic():
        return issue_tokens() if use() else None


def refresh(
    find: Callable[[], Token],
    spent: Secret,
    issuing: Callable[[Token], Callable[[Secret], Tokens]],
    *,
    now: datetime,
    replayed: type[OAuthError],
    refused: type[OAuthError],
) -> Tokens:
    """Trade a refresh token for new tokens and the next refresh token (RFC 9700 §4.14.2).

    ``issuing`` checks the chain, and returns the function that issues tokens for the next refresh token. The
    immediate predecessor gets the current refresh token again, if that is unused and within
    ``REFRESH_TOKEN_GRACE``. Every other used token is a replay: it ends the grant and raises ``replayed``. If
    the grace was switched on after the last rotation, nothing ends and ``refused`` is raised.
    """
    found = find()
    if found.turn == spent.turn:
        issued = _turn(found, spent, issuing(found), now=now)
        if issued is not None:
            return issued
        found = find()  # somebody has turned it since
    if not _is_within_grace(found, spent, now):
        end_grant(
            found.grant, "refresh token replayed", now=now, kind=SecurityEvent.Kind.REFRESH_TOKEN_REPLAYED
        )
        raise replayed("the refresh token was used before")
    successor = _kept_successor(found, spent)
    if successor is None:
        raise refused("the refresh token was rotated a moment ago, and what it was traded for was not kept")
    return issuing(found)(successor)


def _turn(
    found: Token, spent: Secret, issue_beside: Callable[[Secret], Tokens], *, now: datetime
) -> Tokens | None:
    """Rotate the current token of a chain. With a grace period, keep the next token sealed."""
    found.grant.renew_password_mark()
    successor = conf.settings().secret_format.next_turn(spent)
    sealed = (
        seal(successor.second_half, opened_by=spent)
        if refresh_grace(found.grant.application) > _NO_GRACE
        else None
    )
    return redeem(
        lambda: found.use(spent, successor, sealed=sealed, now=now),
        lambda: issue_beside(successor),
    )


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
