"""The life of an ASGI process: counts in memory are written before it ends (ASGI lifespan protocol)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oauthcore.recording.writing import writer

if TYPE_CHECKING:
    from oauthcore.asgi import Application, Receive, Send


async def live(application: Application, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Live through the lifespan with an application that knows it, or in place of one that does not.

    Django's own application refuses this kind of scope at once, before it has received anything.
    """
    messages = _Messages(receive)
    try:
        await application(scope, messages.receive, send)
    except Exception:
        if messages.are_read:
            raise
    if not messages.are_read:
        await _live_alone(messages, send)


async def _live_alone(messages: _Messages, send: Send) -> None:
    while (await messages.receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


class _Messages:
    """What the server says; at its word to shut down, the counts are written first."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.are_read = False

    async def receive(self) -> Mapping[str, Any]:
        self.are_read = True
        message = await self._receive()
        if message["type"] == "lifespan.shutdown":
            await asyncio.to_thread(writer.end)
        return message
