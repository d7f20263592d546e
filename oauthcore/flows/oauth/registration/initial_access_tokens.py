"""Initial access tokens: made by staff, so that applications they expect may register themselves."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.models import InitialAccessToken, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.recording.single_answer import SingleAnswer
from oauthcore.rules.tokens.secrets import Secret, SecretKind


@retried
def make(
    label: str, *, uses: int, expires_at: datetime, staff: User | None, page: SingleAnswer | None = None
) -> tuple[InitialAccessToken, Secret]:
    """Make a token that so many applications may register with; return it with its secret, shown once.

    Raises AnsweredBefore.
    """
    secret = conf.settings().secret_format.make(SecretKind.INITIAL_ACCESS)
    with atomic():
        if page is not None:
            page.claim()
        made = InitialAccessToken.objects.create(
            label=label,
            digest=secret.digest,
            hint=secret.hint,
            uses=uses,
            expires_at=expires_at,
            made_by=staff,
        )
        events.record(
            SecurityEvent.Kind.INITIAL_ACCESS_TOKEN_MADE,
            user=staff,
            reason=f"{label}: {uses} applications until {expires_at:%Y-%m-%d %H:%M} UTC",
        )
    return made, secret


@retried
def revoke(token: InitialAccessToken, *, reason: str, staff: User | None) -> bool:
    """End a token for good; return whether this call did. Applications that registered with it stay."""
    now = timezone.now()
    with atomic():
        is_done = token.revoke(now=now)
        if is_done:
            events.record(
                SecurityEvent.Kind.REVOKED,
                user=staff,
                reason=f"initial access token {token.label}: {reason}",
                at=now,
            )
    return is_done
