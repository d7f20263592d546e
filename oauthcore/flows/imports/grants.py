"""Writing imported grants and their tokens: each once, however often an import runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.flows.imports.people import NOT_ONE_ACCOUNT, known_people, only_account_of
from oauthcore.flows.imports.tally import Tally
from oauthcore.models import Application, Grant, Token
from oauthcore.models.inserts import Insert
from oauthcore.models.password_marks import password_mark
from oauthcore.rules.imports.values import LONGEST_LABEL, Damaged, ImportedGrant, ImportedToken

#: SQLite and PostgreSQL limit how many values one statement has.
_ROWS_AT_ONCE = 500
#: Why a token of an application is left, if the application is not here.
NO_APPLICATION = "its application was not taken"
NOT_HERE = "its grant was not taken"


def check_grants(entries: Sequence[ImportedGrant], tally: Tally) -> None:
    """Report each grant of a person who does not exist, and note those that get no account."""
    _accounts(entries, _people(entries, tally), tally)


def write_grants(entries: Sequence[ImportedGrant], tally: Tally) -> None:
    """Write grants and tokens that are not here yet, in a few statements. Call it in a transaction.

    Entries with one UUID are one grant. Raises Damaged for a person who does not exist.
    """
    people = _people(entries, tally)
    if tally.damaged:
        raise Damaged("\n".join(tally.damaged))
    accounts = _accounts(entries, people, tally)
    entries = [replace(one, account_uuid=one.account_uuid or accounts.get(one.user_id)) for one in entries]
    applications = _applications(entries)
    known = _known(entry.uuid for entry in entries)
    opened = _opened(entries, known, people, applications)
    _insert(Grant, opened)
    known |= _known(grant["uuid"] for grant in opened)
    _write_tokens(entries, known, applications, tally)


def _insert(model: type[Grant] | type[Token], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows. The row of the import is locked, so nobody else inserts them."""
    used = [name for name in (rows[0] if rows else ()) if any(row[name] is not None for row in rows)]
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        _inserting(model, " ".join(used)).run(rows[start : start + _ROWS_AT_ONCE])


@cache
def _inserting(model: type[Grant] | type[Token], columns: str) -> Insert:
    """Return the statement for these columns: each value costs time, and many rows have the same gaps."""
    return Insert(lambda: model, columns)


def _people(entries: Sequence[ImportedGrant], tally: Tally) -> Mapping[Any, User]:
    return known_people([(entry.row, entry.user_id) for entry in entries], tally)


def _accounts(
    entries: Sequence[ImportedGrant], people: Mapping[Any, User], tally: Tally
) -> Mapping[Any, UUID]:
    """Return the account that the tokens of a person work on, for entries that name none."""
    if not conf.settings().has_accounts:
        return {}
    without = {one.user_id for one in entries if one.account_uuid is None and one.user_id in people}
    found = {key: only_account_of(people[key]) for key in without}
    for entry in entries:
        if entry.user_id in found and found[entry.user_id] is None and not entry.only_if_here:
            tally.note(NOT_ONE_ACCOUNT)
    return {key: account for key, account in found.items() if account is not None}


def _applications(entries: Sequence[ImportedGrant]) -> Mapping[str, int]:
    wanted = {entry.client_id for entry in entries if entry.client_id is not None}
    rows = Application.objects.filter(client_id__in=wanted).values_list("client_id", "pk")
    return dict(rows) if wanted else {}


def _known(uuids: Iterable[UUID]) -> dict[UUID, int]:
    return dict(Grant.objects.filter(uuid__in=set(uuids)).values_list("uuid", "pk"))


def _opened(
    entries: Sequence[ImportedGrant],
    known: Mapping[UUID, int],
    people: Mapping[Any, User],
    applications: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Return the rows of the grants that are to be opened. Entries with one UUID are one grant."""
    opened: dict[UUID, dict[str, Any]] = {}
    marks = {key: password_mark(person) for key, person in people.items()}
    for entry in entries:
        is_owned = entry.client_id is None or entry.client_id in applications
        if entry.uuid in known or entry.only_if_here or not is_owned:
            continue
        if (before := opened.get(entry.uuid)) is not None:
            ends = (before["expires_at"], entry.expires_at)
            before["expires_at"] = None if None in ends else max(end for end in ends if end is not None)
            before["scopes"] = before["scopes"] | entry.scopes
            before["created_at"] = min(before["created_at"], entry.created_at)
            continue
        networks = entry.allowed_networks
        opened[entry.uuid] = {
            "kind": entry.kind,
            "uuid": entry.uuid,
            "label": entry.label[:LONGEST_LABEL],
            "application_id": None if entry.client_id is None else applications[entry.client_id],
            "user_id": entry.user_id,
            "account_uuid": None if entry.kind == Grant.Kind.SESSION else entry.account_uuid,
            "scopes": entry.scopes,
            "resources": entry.resources,
            "created_at": entry.created_at,
            "expires_at": entry.expires_at,
            "revoked_reason": "",
            "password_mark": None if entry.user_id is None else marks[entry.user_id],
            "allowed_networks": None if networks is None else list(networks),
            "imported_from": entry.source,
        }
    return list(opened.values())


def _write_tokens(
    entries: Sequence[ImportedGrant],
    known: Mapping[UUID, int],
    applications: Mapping[str, int],
    tally: Tally,
) -> None:
    here = _digests_here(token for entry in entries for token in entry.tokens)
    rows: list[dict[str, Any]] = []
    for entry in entries:
        grant = known.get(entry.uuid)
        if grant is None:
            is_owned = entry.client_id is None or entry.client_id in applications
            tally.leave(NOT_HERE if is_owned else NO_APPLICATION)
            continue
        new = [token for token in entry.tokens if token.digest not in here]
        here.update(token.digest for token in new)
        rows += [_row(token, grant, entry) for token in new]
        if not entry.only_if_here:
            tally.end(entry.ends_at)
        if not new:
            tally.known += 1
            continue
        tally.taken += 1
    _insert(Token, rows)


def _digests_here(tokens: Iterable[ImportedToken]) -> set[bytes]:
    digests = [token.digest for token in tokens]
    return {bytes(one) for one in Token.objects.filter(digest__in=digests).values_list("digest", flat=True)}


def _row(token: ImportedToken, grant: int, entry: ImportedGrant) -> dict[str, Any]:
    return {
        "kind": Token.Kind.REFRESH if token.is_refresh else Token.Kind.ACCESS,
        "grant_id": grant,
        "digest": token.digest,
        "hint": token.hint,
        "scopes": token.scopes,
        "account_uuid": entry.account_uuid,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "turn": token.turn,
        "resource": token.resource,
    }
