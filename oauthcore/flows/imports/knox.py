"""Importing the tokens of Knox: each becomes the access token of a device session of its person."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured
from django.db import models

from oauthcore.conf.other_packages import knox, knox_algorithm
from oauthcore.flows.imports.people import NO_ACCOUNT, home_of, people_of, person_column
from oauthcore.flows.imports.source import Options, Row, Stage
from oauthcore.flows.imports.tables import Table, find_table, make_models, rows_of
from oauthcore.flows.imports.tally import EXPIRED, Tally
from oauthcore.models import Grant
from oauthcore.models.liveness import has_passed
from oauthcore.rules.imports.knox import end_of, stored_digest
from oauthcore.rules.imports.sources import KNOX
from oauthcore.rules.imports.values import Damaged, ImportedGrant, ImportedToken, uuid_of

_LABEL = "Knox"


def stages(options: Options) -> Sequence[Stage]:
    """Return the one stage: the table of tokens. Raises Damaged."""
    try:
        algorithm = knox_algorithm()
    except ImproperlyConfigured as problem:
        raise Damaged(str(problem)) from None
    model = options.more.get("model")
    table = find_table(model) if model else find_table("knox.AuthToken", setting="KNOX_TOKEN_MODEL")
    columns = {
        "digest": models.CharField(max_length=128, primary_key=True),
        "user_id": person_column(),
        "created": models.DateTimeField(null=True),
        "expiry": models.DateTimeField(null=True),
    }
    made = make_models(Token=(table, columns, frozenset()))["Token"]
    return [
        Stage(
            what="tokens",
            rows=rows_of(made, table),
            columns=("user_id", "created", "expiry"),
            take=lambda rows, tally: _take(rows, tally, table, options, algorithm),
        )
    ]


def _take(
    rows: Sequence[Row], tally: Tally, table: Table, options: Options, algorithm: str
) -> Sequence[ImportedGrant]:
    people, entries = people_of(rows), []
    for row in rows:
        named = table.row(f"{row['pk'][:16]}…")
        created = row["created"] or options.first_run_at
        ends_at = end_of(
            row["expiry"],
            created_at=created,
            renewed_until=options.expires_at if knox("AUTO_REFRESH", default=False) else None,
            most=knox("AUTO_REFRESH_MAX_TTL", None),
        )
        if has_passed(row["expiry"], options.now):
            tally.leave(EXPIRED)
            continue
        try:
            base = stored_digest(row["pk"], algorithm)
        except ValueError as problem:
            tally.damage(named, str(problem))
            continue
        account, has_home = home_of(people.get(row["user_id"]))
        if not has_home:
            tally.leave(NO_ACCOUNT)
            continue
        _note(tally, row)
        entries.append(
            ImportedGrant(
                source=KNOX,
                row=named,
                uuid=uuid_of(KNOX, table.name, row["pk"]),
                kind=Grant.Kind.SESSION,
                created_at=created,
                expires_at=ends_at,
                user_id=row["user_id"],
                account_uuid=account,
                label=_LABEL,
                tokens=[ImportedToken(base, created_at=created, expires_at=ends_at)],
            )
        )
    return entries


def _note(tally: Tally, row: Row) -> None:
    """Report what Knox does for this token, and oauthcore does not."""
    prefix = str(knox("AUTH_HEADER_PREFIX", "Token"))
    if prefix.lower() not in ("token", "bearer"):
        tally.note(f"clients send the scheme {prefix}; let them send Token or Bearer")
    if row["expiry"] is not None and knox("AUTO_REFRESH", default=False):
        tally.note("Knox renews it at each use (AUTO_REFRESH); it is not renewed here")
