"""Importing the outstanding refresh tokens of SimpleJWT: each becomes the refresh chain of a device session.

Its ``jti`` finds the chain (``rules.imports.simplejwt``). The session lives as long as others, counted from
when the token was made; the token itself is accepted until it expires.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils import timezone

from oauthcore.accounts import User
from oauthcore.conf.other_packages import simplejwt, simplejwt_signing
from oauthcore.flows.imports.people import NO_ACCOUNT, home_of, people_of, person_column
from oauthcore.flows.imports.source import Options, Row, Stage
from oauthcore.flows.imports.tables import Table, find_table, make_models, rows_of
from oauthcore.flows.imports.tally import Tally
from oauthcore.models import Grant
from oauthcore.models.lifetimes import session_end
from oauthcore.rules.imports.purposes import LeftOut
from oauthcore.rules.imports.simplejwt import RefreshToken, Signing, password_digest, read
from oauthcore.rules.imports.sources import SIMPLEJWT
from oauthcore.rules.imports.values import Damaged, ImportedGrant, ImportedToken, uuid_of

_LABEL = "SimpleJWT"
_OUTSTANDING = "token_blacklist.OutstandingToken"
_BLACKLISTED = "token_blacklist.BlacklistedToken"


def stages(options: Options) -> Sequence[Stage]:
    """Return the one stage: the outstanding tokens, each with whether it is blacklisted. Raises Damaged."""
    try:
        signing = simplejwt_signing()
    except ImproperlyConfigured as problem:
        raise Damaged(str(problem)) from None
    table, blacklist = find_table(_OUTSTANDING), find_table(_BLACKLISTED)
    made = make_models(
        Outstanding=(
            table,
            {
                "id": models.BigIntegerField(primary_key=True),
                "user_id": person_column(),
                "token": models.TextField(null=True),
                "created_at": models.DateTimeField(null=True),
            },
            frozenset(),
        ),
        Blacklisted=(
            blacklist,
            {"id": models.BigIntegerField(primary_key=True), "token_id": models.BigIntegerField(null=True)},
            frozenset(),
        ),
    )
    ended = rows_of(made["Blacklisted"], blacklist).filter(token_id=models.OuterRef("pk"))
    return [
        Stage(
            what="refresh tokens",
            rows=rows_of(made["Outstanding"], table).annotate(is_ended=models.Exists(ended)),
            columns=("user_id", "token", "created_at", "is_ended"),
            take=lambda rows, tally: _take(rows, tally, table, options, signing),
        )
    ]


def _take(
    rows: Sequence[Row], tally: Tally, table: Table, options: Options, signing: Signing
) -> Sequence[ImportedGrant]:
    people, entries = people_of(rows), []
    for row in rows:
        try:
            entries.append(_entry(row, people, table, options, signing))
        except LeftOut as reason:
            tally.leave(str(reason))
    return entries


def _entry(
    row: Row, people: Mapping[Any, User], table: Table, options: Options, signing: Signing
) -> ImportedGrant:
    """Return the grant of a token; raise LeftOut with the reason why it is left."""
    if row["is_ended"]:
        raise LeftOut("it is blacklisted")
    if row["user_id"] is None:
        raise LeftOut("its person was deleted")
    found = read(row["token"] or "", signing, now=datetime.now(UTC))
    person = people.get(row["user_id"])
    if person is not None:
        _require_same(found, person)
    account, has_home = home_of(person)
    if not has_home:
        raise LeftOut(NO_ACCOUNT)
    ends_at = as_stored(found.expires_at)
    created = row["created_at"] or options.first_run_at
    return ImportedGrant(
        source=SIMPLEJWT,
        row=table.row(row["pk"]),
        uuid=uuid_of(SIMPLEJWT, table.name, found.digest.hex()),
        kind=Grant.Kind.SESSION,
        created_at=created,
        expires_at=max(ends_at, session_end(created)),
        user_id=row["user_id"],
        account_uuid=account,
        label=_LABEL,
        tokens=[
            ImportedToken(
                found.digest,
                # A device that was away for long counts as idle from now on, not from the past.
                created_at=max(created, options.first_run_at),
                expires_at=ends_at,
                is_refresh=True,
            )
        ],
    )


def _require_same(found: RefreshToken, person: User) -> None:
    """Refuse a token of another person than the row says, or of a password that has changed since."""
    if found.user_id != str(getattr(person, simplejwt("USER_ID_FIELD", "id"), None)):
        raise LeftOut("it names another person than its row")
    if found.password_digest not in (None, password_digest(person.password)):
        raise LeftOut("the password has changed since")


def as_stored(at: datetime) -> datetime:
    """Return a time as the database has it: naive where the site does not use time zones."""
    return at if settings.USE_TZ else timezone.make_naive(at)
