"""Rows that are inserted: as the ORM would, and together with the UPDATE that decides whether they may."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.db.models import Model

from oauthcore.models import SecurityEvent, Token, token_statements
from oauthcore.models.inserts import UpdateThenInsert
from tests.support.compiled import CALLS, compiled
from tests.support.rows_of_statements import fill_tables
from tests.support.statements import USE_AND_STORE, statements

pytestmark = pytest.mark.django_db

_TOKENS = "oauthcore.models.token_statements"
_DEVICES = "oauthcore.models.device_authorizations"
_GRANTS = "oauthcore.models.grant_statements"
#: Each UPDATE that comes with an INSERT of tokens, and the UPDATE alone: the calls of that one are made here.
TOGETHER = {
    f"{_TOKENS}.TURN_AND_INSERT": f"{_TOKENS}.TURN",
    f"{_TOKENS}.TURN_IMPORTED_AND_INSERT": f"{_TOKENS}.TURN_IMPORTED",
    "oauthcore.models.codes._USE_AND_INSERT": "oauthcore.models.codes._USE",
    f"{_DEVICES}._USE_AND_INSERT": f"{_DEVICES}._USE",
}
#: The same, with the INSERT of one security event.
WITH_AN_EVENT = {
    f"{_GRANTS}.REVOKE_AND_ADD": f"{_GRANTS}.REVOKE",
    f"{_TOKENS}.REVOKE_AND_ADD": f"{_TOKENS}.REVOKE",
}
NEW = [bytes([number]) * 32 for number in (7, 8, 9)]


@pytest.fixture
def rows() -> dict[str, Any]:
    return fill_tables()


def table(model: type[Model]) -> list[dict[str, Any]]:
    return list(model._default_manager.order_by("pk").values())


@pytest.mark.parametrize("chosen", [["full"], ["full", "empty", "application's own", "service"]])
def test_an_insert_does_what_bulk_create_does(chosen, rows):
    insert = token_statements.INSERT
    names = insert.columns.split()
    every_name = [field.attname for field in Token._meta.concrete_fields if not field.primary_key]
    originals = list(Token.objects.filter(pk__in=[rows[name].pk for name in chosen]).order_by("pk"))
    copies = [Token(**{name: getattr(one, name) for name in names}) for one in originals]
    Token.objects.all().delete()

    savepoint = connection.savepoint()
    with statements() as run:
        insert.run([{name: getattr(one, name) for name in names} for one in copies])
    inserted = list(Token.objects.order_by("digest").values(*every_name))
    connection.savepoint_rollback(savepoint)
    Token.objects.bulk_create(copies)

    assert len(run) == 1
    assert inserted == list(Token.objects.order_by("digest").values(*every_name))
    assert len(inserted) == len(chosen)


def test_every_update_with_an_insert_is_called_here():
    assert compiled(UpdateThenInsert).keys() == TOGETHER.keys() | WITH_AN_EVENT.keys()


def called(name: str, rows: dict[str, Any]) -> tuple[Model, dict[str, Any]]:
    """Return the row that an UPDATE changes, and its values."""
    row, values = list(CALLS[(TOGETHER | WITH_AN_EVENT)[name]].items())[-1]
    return rows[row], values(rows)


def like(token: Token, *digests: bytes) -> list[dict[str, Any]]:
    """Return new rows like a token, under other digests."""
    row = Token.objects.values(*token_statements.INSERT.columns.split()).get(pk=token.pk)
    return [row | {"digest": digest} for digest in digests]


@pytest.mark.parametrize("name", TOGETHER)
def test_an_update_that_changes_its_row_inserts_the_others_with_it(name, rows):
    changed, values = called(name, rows)
    found, added = type(changed).objects.filter(pk=changed.pk), like(rows["full"], *NEW)
    before, was = table(Token), found.values().get()

    with statements() as run:
        assert compiled(UpdateThenInsert)[name].run(added, **values)

    assert found.values().get() != was
    assert list(Token.objects.filter(digest__in=NEW).order_by("digest").values(*added[0])) == added
    untouched = [one for one in table(Token) if one["digest"] not in NEW and one["id"] != was["id"]]
    assert untouched == [one for one in before if one["id"] != was["id"]]
    assert len(run) == USE_AND_STORE, run


@pytest.mark.parametrize("name", TOGETHER)
def test_an_update_that_changes_nothing_inserts_nothing(name, rows):
    changed, values = called(name, rows)
    before = table(Token), table(type(changed))

    assert not compiled(UpdateThenInsert)[name].run(like(rows["full"], *NEW), **values | {"id": -1})

    assert (table(Token), table(type(changed))) == before


@pytest.mark.parametrize("name", TOGETHER)
def test_an_insert_that_fails_undoes_the_update_and_nothing_around_it(name, rows):
    changed, values = called(name, rows)
    before = table(Token), table(type(changed))

    with pytest.raises(IntegrityError):
        compiled(UpdateThenInsert)[name].run(like(rows["full"], NEW[0], rows["full"].digest), **values)

    assert (table(Token), table(type(changed))) == before


def test_without_rows_it_is_the_update_alone(rows):
    changed, values = called(f"{_TOKENS}.TURN_AND_INSERT", rows)
    before = Token.objects.count()

    assert token_statements.TURN_AND_INSERT.run([], **values)
    assert not token_statements.TURN_AND_INSERT.run([], **values)

    assert Token.objects.count() == before
    assert Token.objects.get(pk=changed.pk).turn == values["next"]


@pytest.mark.parametrize("name", WITH_AN_EVENT)
def test_an_event_is_added_with_the_row_that_it_tells_of(name, rows):
    changed, values = called(name, rows)
    told = {
        "kind": "revoked",
        "at": values["revoked_at"],
        "count": 7,
        "request_id": "a request",
        "address": "2001:db8::1",
        "user_ref": "1",
        "person_ref": "2",
        "application_ref": "3",
        "grant_uuid": uuid4(),
        "reason": "because",
    }
    event = SecurityEvent(**told)

    with statements() as run:
        assert event.add_with(compiled(UpdateThenInsert)[name], **values)

    assert type(changed).objects.get(pk=changed.pk).revoked_at == values["revoked_at"]
    assert table(SecurityEvent) == [{"id": event.pk, **told}]
    with pytest.raises(TypeError):  # it is stored
        event.save()
    assert len(run) == USE_AND_STORE, run


@pytest.mark.parametrize("name", WITH_AN_EVENT)
def test_no_event_is_added_of_what_has_ended(name, rows):
    _, values = called(name, rows)
    first, second = (SecurityEvent(kind="revoked", reason=reason) for reason in ("first", "second"))

    assert first.add_with(compiled(UpdateThenInsert)[name], **values)
    assert not second.add_with(compiled(UpdateThenInsert)[name], **values)

    assert [one.reason for one in SecurityEvent.objects.all()] == ["first"]
    assert second.pk is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", WITH_AN_EVENT)
def test_what_has_no_event_does_not_end(name, rows):
    changed, values = called(name, rows)
    before = table(type(changed))

    with pytest.raises(IntegrityError):
        SecurityEvent(kind=None).add_with(compiled(UpdateThenInsert)[name], **values)

    assert table(type(changed)) == before
    assert table(SecurityEvent) == []
