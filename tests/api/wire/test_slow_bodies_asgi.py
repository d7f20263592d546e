"""Under ASGI a client that takes its time with a body keeps no connection to the database meanwhile."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.core.asgi import get_asgi_application
from django.db import connection

from oauthcore.api.wire import counted_bodies
from oauthcore.api.wire.counted_bodies import CountedBody
from oauthcore.asgi import RequestLimits
from tests.support.service_tokens.exchange import Exchange
from tests.support.service_tokens.making import make

# SQLite in memory never closes its connection.
pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


class SlowExchange(Exchange):
    """A request whose body takes its time: what the request's thread has meanwhile is noted."""

    def __init__(self, *args, seconds, **how):
        super().__init__(*args, **how)
        self.seconds, self.was_connected = seconds, []

    async def _receive(self):
        if self._pieces:
            await asyncio.sleep(self.seconds)
            self.was_connected.append(await sync_to_async(lambda: connection.connection is not None)())
        return await super()._receive()


@pytest.mark.parametrize(("seconds", "patience", "is_connected"), [(0, 30, True), (0.2, 0.01, False)])
def test_a_body_that_is_waited_for_holds_no_connection(seconds, patience, is_connected, monkeypatch):
    monkeypatch.setattr(counted_bodies, "_SECONDS_WITH_CONNECTION", patience)
    made = make(scopes=["api.sets.write", "api.upload"])
    pieces = [b'{"name": ', b'"By the sea"}']

    exchange = SlowExchange(made.text, pieces=pieces, seconds=seconds)
    exchange.through(RequestLimits(get_asgi_application()))

    assert exchange.status == 201
    assert exchange.was_connected == [is_connected, is_connected]


def test_a_request_that_the_server_ends_in_the_middle_leaves_nothing_waiting():
    async def leave():
        body = CountedBody(asyncio.Event().wait, {"headers": []}, cap=None)
        request = asyncio.ensure_future(body.receive())
        await asyncio.sleep(0.1)
        request.cancel()
        await asyncio.wait({request})
        await asyncio.sleep(0)
        return asyncio.all_tasks() - {asyncio.current_task()}

    assert async_to_sync(leave)() == set()
