"""Redemption: what is single-use is used and gives tokens, in one transaction, for whoever refreshes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from oauthcore import conf
from oauthcore.flows.revoke import end_grant
from oauthcore.models import Issued, SecurityEvent, Token
from oauthcore.models.database import primary
from oauthcore.rules.secrets import Secret


def redeem(use: Callable[[], bool], issue_tokens: Callable[[], Issued]) -> Issued | None:
    """Use what is single-use and issue what it gives, in one transaction; None when somebody was first."""
    with transaction.atomic(using=primary()):
        return issue_tokens() if use() else None


def end_replayed(found: Token, spent: Secret, *, now: datetime) -> bool:
    """End the grant of a refresh token that comes back after it was spent (RFC 9700 §4.14.2).

    Returns False for the immediate predecessor within ``REFRESH_TOKEN_GRACE``, which ends nothing.
    """
    grace = timedelta(seconds=conf.settings().REFRESH_TOKEN_GRACE)
    # No grace is none at all: a loser of the same instant may have read the clock before the winner did.
    has_grace = grace > timedelta(0) and found.turned_at is not None and now < found.turned_at + grace
    if has_grace and found.previous == spent.turn:
        return False
    end_grant(found.grant, "refresh token replayed", now=now, kind=SecurityEvent.Kind.REFRESH_TOKEN_REPLAYED)
    return True
