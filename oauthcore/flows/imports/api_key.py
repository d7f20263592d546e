"""Importing the keys of djangorestframework-api-key: each becomes a service token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import identify_hasher
from django.db import models

from oauthcore.flows.imports.grants import check_grants, write_grants
from oauthcore.flows.imports.service import require_limits
from oauthcore.flows.imports.source import Options, Row, Stage
from oauthcore.flows.imports.tables import Table, find_table, make_models, rows_of
from oauthcore.flows.imports.tally import EXPIRED, Tally
from oauthcore.models import Grant, ImportedHash, Token
from oauthcore.models.liveness import has_passed
from oauthcore.rules.imports.api_key import stored_key
from oauthcore.rules.imports.sources import API_KEY
from oauthcore.rules.imports.values import ImportedGrant, ImportedToken, uuid_of
from oauthcore.rules.text.names import is_plain


@dataclass(frozen=True)
class _Key:
    """The grant of a key, and its slow hash, if it has one."""

    grant: ImportedGrant
    encoded: str | None = field(default=None, repr=False)

    @property
    def digest(self) -> bytes:
        """The digest of its token."""
        return self.grant.tokens[0].digest


def stages(options: Options) -> Sequence[Stage]:
    """Return the one stage: the table of keys. Raises Damaged."""
    require_limits(options)
    table = find_table(options.more.get("model") or "rest_framework_api_key.APIKey")
    columns: dict[str, models.Field[Any, Any]] = {
        "id": models.CharField(max_length=255, primary_key=True),
        "prefix": models.CharField(max_length=255, null=True),
        "hashed_key": models.CharField(max_length=255, null=True),
        "name": models.CharField(max_length=255, null=True),
        "created": models.DateTimeField(null=True),
        "revoked": models.BooleanField(null=True),
        "expiry_date": models.DateTimeField(null=True),
    }
    made = make_models(Key=(table, columns, frozenset()))["Key"]
    return [
        Stage(
            what="keys",
            rows=rows_of(made, table),
            columns=tuple(name for name in columns if name != "id"),
            take=lambda rows, tally: _take(rows, tally, table, options),
            check=lambda keys, tally: check_grants([one.grant for one in keys], tally),
            write=_write,
        )
    ]


def _take(rows: Sequence[Row], tally: Tally, table: Table, options: Options) -> Sequence[_Key]:
    keys = []
    for row in rows:
        named = table.row(row["prefix"])
        if row["revoked"]:
            tally.leave("it was revoked")
            continue
        if has_passed(row["expiry_date"], options.now):
            tally.leave(EXPIRED)
            continue
        try:
            stored = stored_key(row["prefix"] or "", row["hashed_key"] or "")
        except ValueError as problem:
            tally.damage(named, str(problem))
            continue
        if stored.encoded is not None and not _is_checked_here(stored.encoded):
            tally.leave("its hash is of a hasher that PASSWORD_HASHERS does not name")
            continue
        keys.append(_Key(_grant(row, stored.digest, table, options), stored.encoded))
    return keys


def _is_checked_here(encoded: str) -> bool:
    try:
        identify_hasher(encoded)
    except ValueError:
        return False
    return True


def _grant(row: Row, digest: bytes, table: Table, options: Options) -> ImportedGrant:
    created = row["created"] or options.first_run_at
    ends_at = row["expiry_date"] or options.expires_at
    name = row["name"]
    token = ImportedToken(digest, created_at=created, expires_at=ends_at, scopes=options.scopes)
    return ImportedGrant(
        source=API_KEY,
        row=table.row(row["prefix"]),
        uuid=uuid_of(API_KEY, table.name, row["prefix"]),
        kind=Grant.Kind.SERVICE,
        created_at=created,
        expires_at=ends_at,
        scopes=options.scopes,
        account_uuid=options.account_uuid,
        label=name if name and is_plain(name) else "API key",
        tokens=[token],
    )


def _write(keys: Sequence[_Key], tally: Tally) -> None:
    """Write the keys that are not here yet, with their slow hashes.

    The token of a slow hash has another digest after its first use. So its grant says whether it is here.
    """
    slow = {one.grant.uuid: one for one in keys if one.encoded is not None}
    here = set(Grant.objects.filter(uuid__in=slow).values_list("uuid", flat=True))
    tally.known += len(here)
    for uuid in here:
        tally.end(slow[uuid].grant.ends_at)
    new = [one for one in keys if one.grant.uuid not in here]
    write_grants([one.grant for one in new], tally)
    encoded = {one.digest: one.encoded for one in new if one.encoded is not None}
    tokens = Token.objects.filter(digest__in=list(encoded)).values_list("pk", "digest")
    ImportedHash.objects.bulk_create(
        [ImportedHash(token_id=key, encoded=encoded[bytes(digest)] or "") for key, digest in tokens],
        ignore_conflicts=True,
    )
