"""Common parts of changing and deleting an application, by its developer or by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.models import Application, ApplicationLogo, ClientKey, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.rules.jose.public_keys import PublicKey
from oauthcore.rules.oauth.scopes import Scopes

#: The fields that staff verified. A change of one of them ends the verification.
_VERIFIED = frozenset({"name", "website", "redirect_uris", "post_logout_redirect_uris", "logo"})


def forget_verification(application: Application, changed: Iterable[str], *, had: Scopes) -> None:
    """End the verification by staff if a field that people know an application by has changed.

    An additional scope ends only the trust of staff: people give no consent to a trusted application, so
    staff must check the scope first. The caller saves the row.
    """
    if not _VERIFIED.isdisjoint(changed):
        application.is_verified = application.is_trusted = False
    if not conf.settings().vocabulary.is_within(application.scopes - had, had):
        application.is_trusted = False


def set_keys(application: Application, keys: Collection[PublicKey], *, jwks_uri: str, now: datetime) -> bool:
    """Give an application these keys in place of its secrets or earlier keys; return whether it had others.

    ``jwks_uri`` is the address that they were read from just now, or empty. The secrets end at once, because
    an application has one way to authenticate. The caller has locked the application, or has just made it.
    """
    is_changed = ClientKey.replace(application, keys, now=now)
    is_changed |= not application.uses_keys or application.jwks_uri != jwks_uri
    application.client_secrets.live(now).update(expires_at=now)
    application.uses_keys, application.jwks_uri = True, jwks_uri
    application.keys_fetched_at = now if jwks_uri else None
    application.save(update_fields=["uses_keys", "jwks_uri", "keys_fetched_at"])
    return is_changed


def remove_keys(application: Application) -> bool:
    """Remove the keys of an application; return whether it had any. It cannot authenticate without a secret.

    The caller has locked the application.
    """
    if not application.uses_keys:
        return False
    application.client_keys.all().delete()
    application.uses_keys, application.jwks_uri, application.keys_fetched_at = False, "", None
    application.save(update_fields=["uses_keys", "jwks_uri", "keys_fetched_at"])
    return True


@retried
def mark_deleted(application: Application, *, user: User | None) -> None:
    """Mark an application as deleted. Its tokens stop working at once; the cleanup removes the rows later."""
    rows = Application.objects.filter(pk=application.pk, deleted_at=None)
    with atomic():
        if rows.update(deleted_at=timezone.now()):
            ApplicationLogo.objects.filter(application=application).delete()
            events.record(SecurityEvent.Kind.APPLICATION_DELETED, application=application, user=user)
