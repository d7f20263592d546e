"""What every change of an application by its developer or by itself carries along, and how it is deleted."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.models import Application, ApplicationLogo, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.rules.oauth.scopes import Scopes

#: What staff verified. After a change here people see a different application, so it is no longer verified.
_VERIFIED = frozenset({"name", "website", "redirect_uris", "logo"})


def forget_verification(application: Application, changed: Iterable[str], *, had: Scopes) -> None:
    """Forget what staff verified with the first change to what people know an application by.

    With the first scope more than it had, forget only that they trust it: people are not asked for consent
    then, so staff check a larger scope first. The row is the caller's to save.
    """
    if not _VERIFIED.isdisjoint(changed):
        application.is_verified = application.is_trusted = False
    if not conf.settings().vocabulary.is_within(application.scopes - had, had):
        application.is_trusted = False


@retried
def mark_deleted(application: Application, *, user: User | None) -> None:
    """Mark an application as deleted, which ends at once all that it has; the clean-up removes the rows."""
    rows = Application.objects.filter(pk=application.pk, deleted_at=None)
    with atomic():
        if rows.update(deleted_at=timezone.now()):
            ApplicationLogo.objects.filter(application=application).delete()
            events.record(SecurityEvent.Kind.APPLICATION_DELETED, application=application, user=user)
