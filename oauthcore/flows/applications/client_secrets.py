"""The secrets of an application: rotation, at once or with an overlap, and ending."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from oauthcore.accounts import User
from oauthcore.flows.applications.applications import locked
from oauthcore.models import Application, ClientSecret, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.recording.single_answer import SingleAnswer
from oauthcore.rules.text.hidden_text import ClearText


class LastSecret(Exception):
    """Without this secret the application could not authenticate, now or after the others have ended."""


class HasNoSecrets(Exception):
    """The application has no secrets: it is public, or it authenticates with keys."""


def live_secrets(application: Application, *, now: datetime) -> QuerySet[ClientSecret]:
    """Return the secrets that an application can use, the newest first."""
    return application.client_secrets.live(now).newest_first()


def end_of(secrets: Iterable[ClientSecret]) -> datetime | None:
    """Return when the last of some live secrets ends; None if there is none, or one never ends."""
    ends = [one.expires_at for one in secrets]
    return max((at for at in ends if at is not None), default=None) if None not in ends else None


def leaves_none(secret: ClientSecret, live: Iterable[ClientSecret]) -> bool:
    """Return whether an application would have no secret, now or later, if this live secret ended."""
    return all(one.expires_at is not None for one in live if one.pk != secret.pk)


@retried
def rotate(application: Application, *, overlap: timedelta, page: SingleAnswer, user: User) -> ClearText:
    """Make a new secret and return it in clear. The one before lives on for the overlap; older ones end.

    Raises AnsweredBefore, HasNoSecrets, and Application.DoesNotExist if it has been deleted.
    """
    with atomic():
        found = locked(application)
        if not found.has_secrets:
            raise HasNoSecrets
        page.claim()
        secret = found.rotate_secret(overlap=overlap)
        events.record(
            SecurityEvent.Kind.SECRET_ROTATED,
            application=found,
            user=user,
            reason=f"new one; the one before it ends after {int(overlap.total_seconds())} seconds",
        )
    return secret


@retried
def end_secret(application: Application, secret_id: int, *, may_be_last: bool, user: User) -> bool:
    """End a secret now; return whether it was live.

    Raises LastSecret if no other secret works without end, unless it ``may_be_last``;
    Application.DoesNotExist.
    """
    with atomic():
        found = locked(application)
        now = timezone.now()  # read after locking: another call may have ended it meanwhile
        live = list(live_secrets(found, now=now))
        ending = next((one for one in live if one.pk == secret_id), None)
        if ending is None:
            return False
        if leaves_none(ending, live) and not may_be_last:
            raise LastSecret
        ClientSecret.objects.filter(pk=secret_id).update(expires_at=now)
        events.record(
            SecurityEvent.Kind.SECRET_ROTATED,
            application=application,
            user=user,
            reason=f"ended number {secret_id}",
        )
    return True
