"""An ASGI server that shuts down has the counts in memory written first."""

from __future__ import annotations

import asyncio

import pytest

from oauthcore.api.wire import lifespan
from oauthcore.asgi import RequestLimits
from tests.support.counting import making

pytestmark = pytest.mark.sqlite_only(
    "the server starts the writing; races/test_written_batches.py runs on PostgreSQL"
)


@pytest.fixture
def counted():
    with making() as make:
        yield make


class Server:
    """An ASGI server that starts an application and shuts it down."""

    def __init__(self) -> None:
        self.said = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        self.heard: list[str] = []

    async def receive(self):
        return next(self.said)

    async def send(self, message):
        self.heard.append(message["type"])

    def run(self, application) -> None:
        asyncio.run(RequestLimits(application)({"type": "lifespan"}, self.receive, self.send))


async def like_django(scope, receive, send):
    raise ValueError("Django can only handle ASGI/HTTP connections, not lifespan.")


async def silent(scope, receive, send):
    pass


async def knows_lifespan(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


@pytest.mark.parametrize("application", [like_django, silent, knows_lifespan])
def test_an_asgi_server_that_shuts_down_has_the_counts_written_first(application, counted, monkeypatch):
    one = counted(3600)
    monkeypatch.setattr(lifespan, "writer", one.writer)
    one.request()
    one.await_write()
    one.request()
    server = Server()

    server.run(application)

    assert one.written == [1, 1]
    assert server.heard == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_an_application_that_fails_to_start_says_so_to_the_server(monkeypatch, counted):
    async def broken(scope, receive, send):
        await receive()
        raise RuntimeError("no configuration")

    monkeypatch.setattr(lifespan, "writer", counted(1).writer)
    with pytest.raises(RuntimeError, match="no configuration"):
        Server().run(broken)


def test_what_is_neither_a_request_nor_a_lifespan_is_passed_on():
    seen = []

    async def application(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(RequestLimits(application)({"type": "websocket"}, None, None))

    assert seen == ["websocket"]
