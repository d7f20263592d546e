"""The keys of an application: set by its developer, or removed in favour of a secret."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from oauthcore.accounts import User
from oauthcore.flows.applications.applications import locked
from oauthcore.flows.oauth import key_documents
from oauthcore.flows.oauth.counted_fetches import count_fetch
from oauthcore.flows.oauth.registration import changes
from oauthcore.models import Application, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.jose.public_keys import PublicKey, parse_key_set
from oauthcore.rules.text.sentences import Sentence


class HasNoKeys(Exception):
    """The application cannot have keys: it is not confidential or not OAuth 2.1, or the site has them off."""


def give_keys(
    application: Application, document: str, *, url: str, user: User | None, is_staff: bool = False
) -> bool:
    """Give an application the keys from a form: a JWK Set or its address. See the functions below."""
    if document and url:
        raise InvalidKey(_("Give the keys or their address, not both."))
    if url:
        return set_address(application, url, user=user, is_staff=is_staff)
    return set_keys(application, document, user=user, is_staff=is_staff)


def set_keys(application: Application, document: str, *, user: User | None, is_staff: bool = False) -> bool:
    """Give an application the keys of a JWK Set in place of its secrets; return whether anything changed.

    Its secrets end at once, because an application has one way to authenticate. Raises InvalidKey in words
    for its developer, HasNoKeys, and Application.DoesNotExist if it has been deleted. ``is_staff`` says that
    the user acts as staff.
    """
    return _set(application, parse_key_set(document), jwks_uri="", user=user, is_staff=is_staff)


def set_address(application: Application, url: str, *, user: User | None, is_staff: bool = False) -> bool:
    """Give an application the keys at an https address, as ``set_keys`` does. They are read again later.

    It may block for seconds. Never call it in a transaction.
    """
    try:
        count_fetch()
    except Throttled:
        raise InvalidKey(Sentence("Too many addresses are being read. Try again in a few minutes.")) from None
    return _set(application, key_documents.read(url), jwks_uri=url, user=user, is_staff=is_staff)


@retried
def _set(
    application: Application,
    keys: tuple[PublicKey, ...],
    *,
    jwks_uri: str,
    user: User | None,
    is_staff: bool,
) -> bool:
    with atomic():
        found, now = locked(application), timezone.now()
        if not found.may_use_keys:
            raise HasNoKeys
        is_new = not found.uses_keys
        is_changed = changes.set_keys(found, keys, jwks_uri=jwks_uri, now=now)
        if is_changed:
            what = "keys in place of secrets" if is_new else "keys"
            names = ", ".join(key.name for key in keys)
            _record(found, f"{'by staff: ' if is_staff else ''}{what}: {names}", user)
    return is_changed


@retried
def give_up_keys(application: Application, *, user: User | None) -> None:
    """Remove an application's keys. It cannot authenticate until its developer makes a secret."""
    with atomic():
        found = locked(application)
        if changes.remove_keys(found):
            _record(found, "keys given up", user)


def _record(application: Application, reason: str, user: User | None) -> None:
    events.record(
        SecurityEvent.Kind.APPLICATION_CHANGED, application=application, user=user, reason=reason[:200]
    )
