"""The ASGI lifespan protocol: counts in memory are written before the process ends."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oauthcore.recording.writing import writer

if TYPE_CHECKING:
    from oauthcore.asgi import Application, Receive, Send


async def live(application: Application, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Pass the lifespan scope to the application, or answer it here if the application does not support it.

    Django's own application refuses this scope at once, before it has received a message.
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
    """The messages of the server. Before the shutdown message is passed on, the counts are written."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.are_read = False

    async def receive(self) -> Mapping[str, Any]:
        self.are_read = True
        message = await self._receive()
        if message["type"] == "lifespan.shutdown":
            await asyncio.to_thread(writer.end)
        return message
