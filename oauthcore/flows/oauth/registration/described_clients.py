"""Described clients: a client whose metadata document was read becomes an application.

It is an application like others, with the URL as its client ID, and the same checks apply at each use. Its
document sets its metadata, and staff can set the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from oauthcore import conf
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.flows.oauth.registration.changes import forget_verification
from oauthcore.flows.oauth.registration.registering import openid_values, problem_with_destinations
from oauthcore.models import Application, ClientKey, MetadataDocument, Profile, SecurityEvent
from oauthcore.models.application_problems import problems_of
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.rules.oauth.metadata_documents import DescribedClient, UnusableDocument
from oauthcore.rules.oauth.scopes import Level, Scopes

#: A longer host is cut at its beginning: its end says whose it is.
_LONGEST_NAME = 100

ClientType = Application.ClientType


class Overtaken(Exception):
    """Another fetch of the same document has begun since, so the result of this one is not used."""


@retried
def store(row: MetadataDocument, described: DescribedClient, *, fresh_until: datetime, now: datetime) -> None:
    """Make or change the application of a document, in one transaction.

    Decisions of staff stay, but a change of what they verified ends their verification. Raises
    UnusableDocument if the site has nothing for the client, and Overtaken.
    """
    with atomic():
        found = _locked(row)
        values = _values(described, found)
        application = _registered(described, values) if found is None else found
        is_rekeyed = _replace_keys(application, described, now=now)
        if found is not None:
            _change(found, values, is_rekeyed=is_rekeyed)
        is_stored = row.store(application, client_name=described.name, fresh_until=fresh_until, now=now)
        if not is_stored:
            raise Overtaken


def _locked(row: MetadataDocument) -> Application | None:
    number = row.application_id
    return None if number is None else Application.objects.select_for_update().filter(pk=number).first()


def _values(described: DescribedClient, found: Application | None) -> dict[str, Any]:
    if described.signs and not conf.settings().PRIVATE_KEY_JWT:
        raise UnusableDocument("This site takes no private_key_jwt.")
    if problem := problem_with_destinations(described.redirect_uris):
        raise UnusableDocument(problem)
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
        "uses_keys": described.signs,
        "jwks_uri": described.jwks_uri if described.signs else "",
        "dpop_bound_access_tokens": described.dpop_bound_access_tokens and conf.settings().DPOP,
        **_openid_values(described),
    }


def _openid_values(described: DescribedClient) -> dict[str, Any]:
    """Return what a document says about OpenID Connect; raise UnusableDocument if the site refuses it."""
    values = openid_values(described.openid)
    candidate = Application(redirect_uris=described.redirect_uris, profile=Profile.OAUTH_2_1, **values)
    wrong = problems_of(candidate)
    for name in values:
        if name in wrong:
            raise UnusableDocument(f"{name} cannot be used. {wrong[name]}")
    return values


def _scopes(asked: Scopes | None, found: Application | None) -> Scopes:
    """Return the scopes it may ask for: the open scopes that its document names.

    Scopes that staff have given it stay.
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


def _replace_keys(application: Application, described: DescribedClient, *, now: datetime) -> bool:
    """Give the application the keys of its document; return whether that changed anything.

    Keys from a ``jwks_uri`` stay until they are read again, unless the address has changed.
    """
    keys = described.keys if described.signs else ()
    if described.signs and described.jwks_uri and described.jwks_uri == application.jwks_uri:
        return False
    return ClientKey.replace(application, keys, now=now)


def _change(found: Application, values: Mapping[str, Any], *, is_rekeyed: bool) -> None:
    changed = [name for name, value in values.items() if getattr(found, name) != value]
    if not changed and not is_rekeyed:
        return
    had = found.scopes
    for name in changed:
        setattr(found, name, values[name])
    forget_verification(found, changed, had=had)
    if "jwks_uri" in changed:
        found.keys_fetched_at = None
    found.save(update_fields=[*changed, "is_verified", "is_trusted", "keys_fetched_at"])
    events.record(
        SecurityEvent.Kind.APPLICATION_CHANGED,
        application=found,
        reason=f"by its metadata document: {', '.join([*changed, *(['keys'] if is_rekeyed else [])])}",
    )
