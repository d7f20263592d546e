"""Violations with codes, chains, tokens and their receipts."""

from __future__ import annotations

import time

from django.utils import timezone

from oauthcore.models import SecurityEvent
from oauthcore.recording import events
from proof.ledger import Ledger
from tests.support.factories import open_grant
from tests.support.planted.rows import answered, code_of, digest, ended, plants, tokens_under
from tests.support.sign_in.people import with_account

Kind = SecurityEvent.Kind


@plants("code with two redemptions")
def _(ledger: Ledger) -> None:
    grant = open_grant()
    code_of(grant, used_at=timezone.now())
    tokens_under(grant)
    tokens_under(grant)


@plants("code answered twice")
def _(ledger: Ledger) -> None:
    for _ in range(2):
        answered(ledger, "code", input=digest())


@plants("used code without tokens")
def _(ledger: Ledger) -> None:
    code_of(open_grant(), used_at=timezone.now())


@plants("tokens of an unused code")
def _(ledger: Ledger) -> None:
    grant = open_grant()
    code_of(grant)
    tokens_under(grant)


@plants("turn answered twice")
def _(ledger: Ledger) -> None:
    answered(ledger, "refresh", input=digest(), turn=digest(1))
    answered(ledger, "refresh", input=digest(), turn=digest(2))


@plants("turn given twice")
def _(ledger: Ledger) -> None:
    answered(ledger, "refresh", input=digest(1), turn=digest())
    answered(ledger, "refresh", input=digest(2), turn=digest())


@plants("two chains")
def _(ledger: Ledger) -> None:
    grant = open_grant()
    tokens_under(grant)
    tokens_under(grant)


@plants("replay without an end")
def _(ledger: Ledger) -> None:
    events.record(Kind.REFRESH_TOKEN_REPLAYED, grant=open_grant(), reason="refresh token replayed")


@plants("replayed and still taken")
def _(ledger: Ledger) -> None:
    issued = tokens_under(ended(revoked_reason="refresh token replayed"))
    answered(ledger, "use", input=issued.access_token.digest.hex())


@plants("dead and taken")
def _(ledger: Ledger) -> None:
    person = with_account(is_active=False)
    issued = tokens_under(open_grant(user=person.user))
    answered(ledger, "last look", input=issued.access_token.digest.hex())


@plants("live and refused")
def _(ledger: Ledger) -> None:
    issued = tokens_under(open_grant())
    answered(ledger, "last look", 401, input=issued.access_token.digest.hex())


@plants("ended and taken")
def _(ledger: Ledger) -> None:
    issued = tokens_under(open_grant())
    ledger.state("ended", refresh=issued.refresh_token.digest.hex(), error="password changed")
    time.sleep(0.001)
    answered(ledger, "use", input=issued.access_token.digest.hex())


@plants("given and not stored")
def _(ledger: Ledger) -> None:
    answered(ledger, "refresh", access=digest())


@plants("turn given and not stored")
def _(ledger: Ledger) -> None:
    issued = tokens_under(open_grant())
    answered(ledger, "refresh", refresh=issued.refresh_token.digest.hex(), turn=digest())


@plants("stored and given to nobody")
def _(ledger: Ledger) -> None:
    answered(ledger, "refresh", None)
    for _ in range(2):
        tokens_under(open_grant(), opens_chain=False)
