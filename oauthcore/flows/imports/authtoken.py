"""Importing the keys of Django REST framework's authtoken: for their people, or as service tokens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from oauthcore.accounts import User
from oauthcore.flows.imports.people import NO_ACCOUNT, home_of, people_of, person_column
from oauthcore.flows.imports.service import require_limits
from oauthcore.flows.imports.source import Options, Row, Stage
from oauthcore.flows.imports.tables import Table, find_table, make_models, rows_of
from oauthcore.flows.imports.tally import Tally
from oauthcore.models import Grant
from oauthcore.rules.imports.authtoken import stored_digest
from oauthcore.rules.imports.purposes import LeftOut
from oauthcore.rules.imports.sources import AUTHTOKEN
from oauthcore.rules.imports.values import ImportedGrant, ImportedToken, hint_of, uuid_of

_LABEL = "DRF token"


def stages(options: Options) -> Sequence[Stage]:
    """Return the one stage: the table of keys. Raises Damaged.

    The key is the primary key of the table. It is a secret, so it is no cursor: rows are read in the order of
    their people, of whom each has one, or by the ``id`` that a model of the site may have.
    """
    if options.more.get("as") == "service":
        require_limits(options)
    table = find_table(options.more.get("model") or "authtoken.Token")
    columns: dict[str, models.Field[Any, Any]] = {
        "key": models.CharField(max_length=255, null=True),
        "created": models.DateTimeField(null=True),
    }
    if "id" in table.columns:
        columns |= {"id": models.BigIntegerField(primary_key=True), "user_id": person_column()}
    else:
        columns |= {"user_id": person_column(is_key=True)}
    made = make_models(Token=(table, columns, frozenset()))["Token"]
    return [
        Stage(
            what="keys",
            rows=rows_of(made, table),
            columns=("key", "user_id", "created"),
            take=lambda rows, tally: _take(rows, tally, table, options),
        )
    ]


def _take(rows: Sequence[Row], tally: Tally, table: Table, options: Options) -> Sequence[ImportedGrant]:
    people, entries = people_of(rows), []
    for row in rows:
        try:
            base = stored_digest(row["key"] or "")
        except LeftOut as reason:
            tally.leave(str(reason))
            continue
        entry = _entry(row, base, people.get(row["user_id"]), table, options)
        if entry is None:
            tally.leave(NO_ACCOUNT)
        else:
            entries.append(entry)
    return entries


def _entry(
    row: Row, base: bytes, person: User | None, table: Table, options: Options
) -> ImportedGrant | None:
    """Return the grant of a key; None if it would be for a person without account."""
    is_service = options.more.get("as") == "service"
    created = row["created"] or options.first_run_at
    account, has_home = (options.account_uuid, True) if is_service else home_of(person)
    if not has_home:
        return None
    token = ImportedToken(
        base,
        created_at=created,
        expires_at=options.expires_at,
        scopes=options.scopes if is_service else frozenset(),
        hint=hint_of(row["key"]),
    )
    return ImportedGrant(
        source=AUTHTOKEN,
        row=table.row(row["pk"]),
        uuid=uuid_of(AUTHTOKEN, table.name, base.hex()),
        kind=Grant.Kind.SERVICE if is_service else Grant.Kind.SESSION,
        created_at=created,
        expires_at=options.expires_at,
        scopes=token.scopes,
        user_id=None if is_service else row["user_id"],
        account_uuid=account,
        label=f"{_LABEL} of {person.get_username()}" if is_service and person else _LABEL,
        tokens=[token],
    )
