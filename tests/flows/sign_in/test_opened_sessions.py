"""The rows of a session on a device, which are inserted together."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from oauthcore.flows.sign_in import device_sessions
from oauthcore.models import Device, Grant, KnownAddress, SecurityEvent, Token
from oauthcore.rules.oauth.step_up import SECOND_FACTOR
from oauthcore.rules.sign_in.devices import DeviceDescriptor
from oauthcore.signals import security_event
from tests.support.sign_in.people import with_account

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = DeviceDescriptor("Ada's phone", "ios", "1.2.0", uuid4())


def as_stored(row: Any) -> dict[str, Any]:
    """Return the columns of a row as they are in the database."""
    return type(row)._default_manager.values().get(pk=row.pk)


@pytest.mark.parametrize("step_up", [False, True])
def test_what_is_returned_is_what_is_stored(step_up, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"STEP_UP": step_up}
    ada = with_account().user

    opened = device_sessions.open_session(ada, PHONE, acr=SECOND_FACTOR)

    for row in (opened.grant, opened.device):
        assert as_stored(row) == {name: getattr(row, name) for name in as_stored(row)}
    assert opened.grant.authenticated_at == (opened.grant.created_at if step_up else None)
    token = Token.objects.get(grant=opened.grant)
    assert (token.kind, token.digest) == (Token.Kind.REFRESH, opened.refresh_token.digest)
    assert (token.expires_at, token.turn) == (opened.grant.expires_at, opened.refresh_token.turn)


def test_the_signal_tells_of_the_event_that_is_stored():
    told: list[SecurityEvent] = []

    def receive(event: SecurityEvent, **_: Any) -> None:
        told.append(event)

    security_event.connect(receive)
    try:
        opened = device_sessions.open_session(with_account().user, PHONE)
    finally:
        security_event.disconnect(receive)

    assert [as_stored(one) for one in told] == list(SecurityEvent.objects.values())
    assert told[0].grant_uuid == opened.grant.uuid


def test_somebody_who_signs_in_again_from_an_address_is_known_there_once():
    ada = with_account().user
    first = device_sessions.open_session(ada, PHONE)
    known = KnownAddress.objects.get()

    second = device_sessions.open_session(ada, PHONE)

    assert KnownAddress.objects.get().pk == known.pk
    assert KnownAddress.objects.get().last_at == second.grant.created_at > first.grant.created_at


@pytest.mark.parametrize("table", ["oauthcore_device", "oauthcore_token", "oauthcore_securityevent"])
def test_where_one_row_cannot_be_stored_none_is(table, monkeypatch):
    def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT" in sql and table in sql:
            raise DatabaseError("no room")
        return execute(sql, params, many, context)

    ada = with_account().user
    with connection.execute_wrapper(fail), pytest.raises(DatabaseError):
        device_sessions.open_session(ada, PHONE)

    for model in (Grant, Device, Token, KnownAddress, SecurityEvent):
        assert not model._default_manager.exists()
