"""Described clients: the application that a client becomes whose document was read.

It is an application like others, with the URL as its client ID: what is asked of it at each use is the same.
Its document decides what it may be, and staff decide beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from oauthcore import conf
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.models import Application, MetadataDocument, Profile, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.rules.oauth.metadata_documents import DescribedClient, UnusableDocument
from oauthcore.rules.oauth.scopes import Level, Scopes

#: A longer host is cut at its beginning: its end says whose it is.
_LONGEST_NAME = 100

ClientType = Application.ClientType


class Overtaken(Exception):
    """Another fetch of the same document has begun since: what this one brought is not used."""


@retried
def store(row: MetadataDocument, described: DescribedClient, *, fresh_until: datetime, now: datetime) -> None:
    """Make or change the application of a document, in one transaction.

    What staff decided about it stays, but what they verified is forgotten when it answers elsewhere. Raises
    UnusableDocument for a client that this site has nothing for, and Overtaken.
    """
    with atomic():
        found = _locked(row)
        values = _values(described, found)
        application = _registered(described, values) if found is None else _changed(found, values)
        is_stored = row.store(application, client_name=described.name, fresh_until=fresh_until, now=now)
        if not is_stored:
            raise Overtaken


def _locked(row: MetadataDocument) -> Application | None:
    number = row.application_id
    return None if number is None else Application.objects.select_for_update().filter(pk=number).first()


def _values(described: DescribedClient, found: Application | None) -> dict[str, Any]:
    client_type = ClientType.CONFIDENTIAL if described.signs else ClientType.PUBLIC
    granted = frozenset(
        one.name
        for one in grant_types.offered()
        if one.name in described.grant_types and (described.signs or not one.needs_secret)
    )
    if not granted:
        raise UnusableDocument("This site has none of the grant_types of the document.")
    return {
        "name": described.url.shown_host[-_LONGEST_NAME:],
        "client_type": client_type,
        "redirect_uris": described.redirect_uris,
        "grant_types": granted,
        "scopes": _scopes(described.scopes, found),
    }


def _scopes(asked: Scopes | None, found: Application | None) -> Scopes:
    """Return what it may ask for: what is open to everybody, as far as its document goes.

    What staff have given it besides stays.
    """
    vocabulary = conf.settings().vocabulary
    everybodys = frozenset(one for one in vocabulary.words if vocabulary.level_of(one) is Level.OPEN)
    named = everybodys if asked is None else frozenset(one for one in asked if one in vocabulary)
    had = frozenset() if found is None else frozenset(found.scopes)
    given = frozenset(one for one in had if one in vocabulary and one not in everybodys)
    return vocabulary.narrowed(named, everybodys) | given


def _registered(described: DescribedClient, values: Mapping[str, Any]) -> Application:
    application = Application.objects.create(
        client_id=described.url.text, profile=Profile.OAUTH_2_1, is_self_registered=True, **values
    )
    events.record(
        SecurityEvent.Kind.APPLICATION_REGISTERED,
        application=application,
        reason="registered itself by its metadata document",
    )
    return application


def _changed(found: Application, values: Mapping[str, Any]) -> Application:
    changed = [name for name, value in values.items() if getattr(found, name) != value]
    if not changed:
        return found
    for name in changed:
        setattr(found, name, values[name])
    if "redirect_uris" in changed:
        found.is_verified = found.is_trusted = False
    found.save(update_fields=[*changed, "is_verified", "is_trusted"])
    events.record(
        SecurityEvent.Kind.APPLICATION_CHANGED,
        application=found,
        reason=f"by its metadata document: {', '.join(changed)}",
    )
    return found
