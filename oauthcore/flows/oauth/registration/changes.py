"""Common parts of changing and deleting an application, by its developer or by itself."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.models import Application, ApplicationLogo, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.rules.oauth.scopes import Scopes

#: The fields that staff verified. A change of one of them ends the verification.
_VERIFIED = frozenset({"name", "website", "redirect_uris", "logo"})


def forget_verification(application: Application, changed: Iterable[str], *, had: Scopes) -> None:
    """End the verification by staff if a field that people know an application by has changed.

    An additional scope ends only the trust of staff: people give no consent to a trusted application, so
    staff must check the scope first. The caller saves the row.
    """
    if not _VERIFIED.isdisjoint(changed):
        application.is_verified = application.is_trusted = False
    if not conf.settings().vocabulary.is_within(application.scopes - had, had):
        application.is_trusted = False


@retried
def mark_deleted(application: Application, *, user: User | None) -> None:
    """Mark an application as deleted. Its tokens stop working at once; the cleanup removes the rows later."""
    rows = Application.objects.filter(pk=application.pk, deleted_at=None)
    with atomic():
        if rows.update(deleted_at=timezone.now()):
            ApplicationLogo.objects.filter(application=application).delete()
            events.record(SecurityEvent.Kind.APPLICATION_DELETED, application=application, user=user)
