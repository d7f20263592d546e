"""A body under ASGI, counted while it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.db import connections

from oauthcore.bodies import Cap

if TYPE_CHECKING:
    from oauthcore.asgi import Receive

#: A body that comes with its request is there at once. Who waits for one for longer keeps no connection.
_SECONDS_WITH_CONNECTION = 0.05
_END: Mapping[str, Any] = {"type": "http.request", "body": b"", "more_body": False}


class CountedBody:
    """The messages of a request. After more bytes than ``cap`` allows it ends as if the client had left.

    A body in chunks or over HTTP/2 may declare no length. The parsers of Django and DRF would treat it as
    empty. So its length is put into the scope when all of it has arrived, before Django reads the scope.

    A view that refuses large bodies itself gets the length of such a body, and none of its bytes. A body that
    declares a large length (``declared``) is not read at all.

    While a client takes its time with the body, the request keeps no connection to the database. The token
    was checked over one, and clients that send a byte now and then would take all that the database has.
    """

    def __init__(
        self,
        receive: Receive,
        scope: dict[str, Any],
        *,
        cap: Cap | None,
        declared: int = 0,
        is_left_to_view: bool = False,
    ) -> None:
        self._receive, self._scope, self._cap = receive, scope, cap
        self._declared, self._is_left_to_view = declared, is_left_to_view
        self._size = 0
        self.is_too_large = False
        self._has_ended = False

    async def receive(self) -> Mapping[str, Any]:
        """Return the next message of the request."""
        if self.is_too_large:
            return await self._nothing_more()
        if self._is_left_to_view and self._is_past(self._declared):
            self.is_too_large = True
            return _END
        message = await (self._receive() if self._has_ended else self._awaited())
        self._has_ended = not message.get("more_body", False)
        if message["type"] != "http.request":
            return message
        self._size += len(message.get("body", b""))
        if self._is_past(self._size):
            self.is_too_large = True
            if not self._is_left_to_view:
                return await self._nothing_more()
            self._declare()
            return _END
        if not message.get("more_body", False):
            self._declare()
        return message

    async def _awaited(self) -> Mapping[str, Any]:
        """Return the next message of a body that has not ended."""
        message = asyncio.ensure_future(self._receive())
        try:
            await asyncio.wait({message}, timeout=_SECONDS_WITH_CONNECTION)
            if not message.done():
                await sync_to_async(_let_go)()
            return await message
        finally:
            message.cancel()  # if the server has cancelled this request; otherwise it is done

    def _is_past(self, size: int) -> bool:
        return self._cap is not None and self._cap.is_past(size)

    async def _nothing_more(self) -> Mapping[str, Any]:
        """End the request as if the client had left, unless the view will still answer it."""
        if self._is_left_to_view:
            await asyncio.Event().wait()  # until the answer is there: Django then stops asking
        return {"type": "http.disconnect"}

    def _declare(self) -> None:
        headers = self._scope["headers"]
        names = {name for name, _ in headers}
        is_counted = b"transfer-encoding" in names or (b"content-length" not in names and self._size > 0)
        if is_counted:
            # A Content-Length of a chunked body is ignored (RFC 9112 §6.3).
            kept = [(name, value) for name, value in headers if name != b"content-length"]
            self._scope["headers"] = [*kept, (b"content-length", str(self._size).encode())]


def _let_go() -> None:
    """Close the connections of this request's thread, which are opened again when they are needed."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
