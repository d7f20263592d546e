"""The audit: statements over the final database and the ledger. When all is well each returns no row."""

from __future__ import annotations

from typing import Any

from django.db import connection

from oauthcore import conf
from oauthcore.models.mfa_challenges import MOST_FAILURES
from proof.audit import chains, codes, events, lifetimes, liveness, receipts, sign_in, texts
from proof.audit.statement import Statement
from proof.ledger import Ledger
from tests.support.factories import PASSWORD

STATEMENTS: tuple[Statement, ...] = (
    *codes.STATEMENTS,
    *chains.STATEMENTS,
    *liveness.STATEMENTS,
    *receipts.STATEMENTS,
    *sign_in.STATEMENTS,
    *lifetimes.STATEMENTS,
    *events.STATEMENTS,
)
#: A broken build can break one invariant a thousand times.
_MOST_NAMED = 3


def audit(ledger: Ledger) -> list[str]:
    """Return what is wrong, one line for each statement that has found something."""
    found = []
    with connection.cursor() as cursor:
        ledger.load(cursor)
        limits = _limits() | {"grace": ledger.grace_seconds}
        for one in STATEMENTS:
            cursor.execute(one.sql, limits)
            found += _line(one.invariant, one.words, [row[0] for row in cursor.fetchall()])
        in_clear = texts.secrets_in_clear(cursor, canaries=(PASSWORD,))
        found += _line(texts.INVARIANT, texts.WORDS, in_clear)
        cursor.execute("DROP TABLE proof_ledger")
    return found


def _line(invariant: str, words: str, rows: list[str]) -> list[str]:
    if not rows:
        return []
    more = f" and {len(rows) - _MOST_NAMED} more" if len(rows) > _MOST_NAMED else ""
    return [f"{invariant}: {words}: {'; '.join(rows[:_MOST_NAMED])}{more}"]


def _limits() -> dict[str, Any]:
    settings = conf.settings()
    most, seconds = settings.SECOND_FACTOR_LIMIT
    return {
        "access_token": settings.ACCESS_TOKEN_LIFETIME,
        "device_access_token": settings.DEVICE_ACCESS_TOKEN_LIFETIME,
        "refresh_token": settings.REFRESH_TOKEN_LIFETIME,
        "session": settings.DEVICE_SESSION_LIFETIME,
        "code": settings.AUTHORIZATION_CODE_LIFETIME,
        "mfa_token": settings.MFA_TOKEN_LIFETIME,
        "challenge_failures": MOST_FAILURES,
        "second_factor_most": most,
        "second_factor_seconds": seconds,
    }
