"""Violations with challenges, codes of a second factor, and limits."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.utils import timezone

from oauthcore.models import MFAChallenge, RecoveryCode, SecurityEvent, TOTPFactor
from oauthcore.recording import events
from proof.ledger import Ledger
from tests.support.factories import device_session
from tests.support.planted.rows import answered, digest, plants
from tests.support.sign_in.people import with_account, with_second_factor

Kind = SecurityEvent.Kind


def challenge_of(user: Any, **values: Any) -> MFAChallenge:
    now = timezone.now()
    values = {"expires_at": now + timedelta(seconds=60), **values}
    mark = bytes.fromhex(digest())
    return MFAChallenge.objects.create(user=user, channel="app", digest=mark, password_mark=mark, **values)


@plants("challenge with too many failures")
def _(ledger: Ledger) -> None:
    challenge_of(with_account().user, failures=6)


@plants("challenge answered twice")
def _(ledger: Ledger) -> None:
    for number in range(2):
        answered(ledger, "mfa", who="1", challenge=digest(), step=number)


@plants("more sessions than challenges")
def _(ledger: Ledger) -> None:
    device_session(with_second_factor().user)
    with_second_factor()  # somebody who comes later hides nothing


@plants("recovery code used twice")
def _(ledger: Ledger) -> None:
    for number in range(2):
        answered(ledger, "recovery", who="1", input=digest(), challenge=digest(number))


@plants("recovery code used and not marked")
def _(ledger: Ledger) -> None:
    events.record(Kind.RECOVERY_CODE_USED, user=with_second_factor().user)
    assert not RecoveryCode.objects.filter(used_at__isnull=False).exists()


@plants("step accepted twice")
def _(ledger: Ledger) -> None:
    for number in range(2):
        answered(ledger, "mfa", who="1", step=7, challenge=digest(number))


@plants("step accepted out of order")
def _(ledger: Ledger) -> None:
    for step in (8, 7):
        answered(ledger, "mfa", who="1", step=step, challenge=digest(step))
        time.sleep(0.001)


@plants("step accepted and not stored")
def _(ledger: Ledger) -> None:
    person = with_second_factor()
    TOTPFactor.objects.update(last_step=7)
    answered(ledger, "mfa", who=str(person.user.pk), step=8, challenge=digest())


@plants("more than may be was looked at")
def _(ledger: Ledger) -> None:
    ledger.state("passwords", who="1", count=6, most=5)


@plants("too many wrong codes of a person")
def _(ledger: Ledger) -> None:
    for number in range(11):
        answered(ledger, "mfa", 401, who="1", error="invalid_mfa_code", challenge=digest(number))


@plants("too many wrong codes of a challenge")
def _(ledger: Ledger) -> None:
    for number in range(6):
        answered(ledger, "mfa", 401, who=str(number), error="invalid_mfa_code", challenge=digest())
