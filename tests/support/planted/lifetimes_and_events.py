"""Violations with lifetimes, events, and secrets in clear."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from oauthcore.models import AuthorizationCode, Grant, SecurityEvent, Token, TOTPFactor
from oauthcore.recording import events
from proof.ledger import Ledger
from tests.support.factories import PASSWORD, device_session, open_grant, register
from tests.support.planted.rows import answered, code_of, digest, ended, plants, tokens_under
from tests.support.sign_in.people import with_account, with_second_factor

Kind = SecurityEvent.Kind


@plants("access token too long")
def _(ledger: Ledger) -> None:
    grant = open_grant()
    tokens_under(grant)
    Token.objects.update(expires_at=timezone.now() + timedelta(hours=2))


@plants("token beyond its grant")
def _(ledger: Ledger) -> None:
    tokens_under(open_grant())
    Grant.objects.update(expires_at=timezone.now() + timedelta(seconds=1))


@plants("grant too long")
def _(ledger: Ledger) -> None:
    device_session(with_account().user, expires_at=timezone.now() + timedelta(days=366))


@plants("code or challenge too long")
def _(ledger: Ledger) -> None:
    code_of(open_grant(), expires_at=timezone.now() + timedelta(hours=1))


@plants("taken after its end")
def _(ledger: Ledger) -> None:
    code_of(open_grant())
    AuthorizationCode.objects.update(
        created_at=timezone.now() - timedelta(seconds=50), expires_at=timezone.now() - timedelta(seconds=1)
    )
    answered(ledger, "code", input=digest())


@plants("ending without one event")
def _(ledger: Ledger) -> None:
    ended(revoked_reason="revoked by the application")


@plants("application ended without one event")
def _(ledger: Ledger) -> None:
    register(deleted_at=timezone.now())


@plants("replay under another name")
def _(ledger: Ledger) -> None:
    events.record(Kind.REVOKED, grant=ended(revoked_reason="refresh token replayed"))


@plants("sign-in without one event")
def _(ledger: Ledger) -> None:
    device_session(with_account().user)


def secret_in_clear(ledger: Ledger) -> None:
    """Plant a token in a column of text."""
    issued = tokens_under(open_grant())
    SecurityEvent.objects.create(kind=Kind.REVOKED, reason=f"of {issued.access_token.reveal()}")


def jwt_in_clear(ledger: Ledger) -> None:
    """Plant what looks like a JWT in a column of text."""
    open_grant(label=f"{'eyJ' + 'a' * 20}.{'eyJ' + 'b' * 20}.{'c' * 20}")


def password_in_clear(ledger: Ledger) -> None:
    """Plant the canary of the rig, a password, in a column of bytes."""
    person = with_second_factor()
    TOTPFactor.objects.filter(user=person.user).update(seed=PASSWORD.encode())
