"""Importing the applications of django-oauth-toolkit, with their secrets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings as django_settings
from django.contrib.auth.hashers import identify_hasher
from django.db import models

from oauthcore import conf
from oauthcore.flows.imports.people import known_people, person_column
from oauthcore.flows.imports.source import Row
from oauthcore.flows.imports.tables import Table
from oauthcore.flows.imports.tally import Tally
from oauthcore.models import Application, ClientSecret, SecurityEvent
from oauthcore.recording import events
from oauthcore.rules.imports.django_oauth_toolkit import (
    ReadApplication,
    Site,
    damage_in,
    read_application,
    reason_to_leave,
)
from oauthcore.rules.imports.sources import DJANGO_OAUTH_TOOLKIT
from oauthcore.rules.imports.values import Damaged, hint_of
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import digest_of

#: The columns that not every release has.
LATER = frozenset(
    {"post_logout_redirect_uris", "algorithm", "allowed_origins", "registration_source", "hash_client_secret"}
)
_DEFAULT_SCOPES = {"read": "", "write": ""}
NO_SECRET = "it has no secret: give it one before it can authenticate"
REASON = f"imported from {DJANGO_OAUTH_TOOLKIT}"


@dataclass(frozen=True)
class Entry:
    """An application that is taken, with its secret: a Django hash, or the text that was stored."""

    row: str
    read: ReadApplication
    secret: HiddenText


def fields() -> dict[str, Any]:
    """Return the columns of the table that are read."""
    texts = ("redirect_uris", "post_logout_redirect_uris", "allowed_origins", "name", "client_secret")
    words = ("client_id", "client_type", "authorization_grant_type", "algorithm", "registration_source")
    return {
        "id": models.BigAutoField(primary_key=True),
        "user_id": person_column(),
        **{name: models.TextField(null=True) for name in texts},
        **{name: models.CharField(max_length=255, null=True) for name in words},
        "skip_authorization": models.BooleanField(null=True),
        "hash_client_secret": models.BooleanField(null=True),
        "created": models.DateTimeField(null=True),
    }


def columns(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that this release has."""
    return tuple(one.name for one in model._meta.concrete_fields if not one.primary_key)


def site() -> Site:
    """Return the settings of both packages that decide what an application becomes."""
    settings, theirs = conf.settings(), getattr(django_settings, "OAUTH2_PROVIDER", {})
    offered = frozenset(theirs.get("SCOPES", _DEFAULT_SCOPES)) & frozenset(settings.vocabulary.words)
    by_default = frozenset(theirs.get("DEFAULT_SCOPES", ["__all__"]))
    required = theirs.get("PKCE_REQUIRED", True)
    return Site(
        schemes=settings.REDIRECT_SCHEMES,
        scopes=offered,
        default_scopes=offered if "__all__" in by_default else by_default & offered,
        # A function decides for each client, and may have let any of them do without.
        pkce_is_required=required is True,
        origins=settings.CORS_ALLOWED_ORIGINS,
        has_openid=settings.OPENID_CONNECT,
    )


def taker(table: Table, site: Site) -> Callable[[Sequence[Row], Tally], list[Entry]]:
    """Return the function that takes applications."""

    def take(rows: Sequence[Row], tally: Tally) -> list[Entry]:
        taken = []
        for row in rows:
            name = table.row(row["pk"])
            if problem := damage_in(row):
                tally.damage(name, problem)
            elif left := reason_to_leave(row["client_id"], row.get("registration_source") or ""):
                tally.leave(left)
            else:
                read = read_application(row, site)
                is_confidential = row["client_type"] == Application.ClientType.CONFIDENTIAL
                secret = HiddenText((row["client_secret"] or "") if is_confidential else "")
                if is_confidential and not secret:
                    read.notes.append(NO_SECRET)
                for note in read.notes:
                    tally.note(f"{row['client_id']}: {note}")
                taken.append(Entry(name, read, secret))
        return taken

    return take


def check(entries: Sequence[Entry], tally: Tally) -> None:
    """Report each application of an owner who does not exist."""
    known_people([(entry.row, entry.read.values["owner_id"]) for entry in entries], tally)


def write(entries: Sequence[Entry], tally: Tally) -> None:
    """Write the applications that are not here yet; one that is here is left as it is."""
    check(entries, tally)
    if tally.damaged:
        raise Damaged("\n".join(tally.damaged))
    wanted = [entry.read.values["client_id"] for entry in entries]
    here = set(Application.objects.filter(client_id__in=wanted).values_list("client_id", flat=True))
    for entry in entries:
        if entry.read.values["client_id"] in here:
            tally.known += 1
            continue
        application = Application.objects.create(**entry.read.values)
        if entry.secret:
            ClientSecret.objects.create(application=application, **_stored(entry.secret))
        events.record(SecurityEvent.Kind.APPLICATION_REGISTERED, application=application, reason=REASON)
        tally.taken += 1


def _stored(secret: HiddenText) -> dict[str, Any]:
    """Return the columns of a secret: a hash is verified once, at its first use, and then digested."""
    text = secret.reveal()
    try:
        identify_hasher(text)
    except ValueError:
        return {"digest": digest_of(text), "hint": hint_of(text)}
    return {"encoded": text}
