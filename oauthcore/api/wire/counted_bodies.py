"""A body under ASGI, counted while it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oauthcore.bodies import Cap

if TYPE_CHECKING:
    from oauthcore.asgi import Receive

_END: Mapping[str, Any] = {"type": "http.request", "body": b"", "more_body": False}


class CountedBody:
    """The messages of a request. After more bytes than ``cap`` allows it ends as if the client had left.

    A body in chunks or over HTTP/2 may declare no length. The parsers of Django and DRF would treat it as
    empty. So its length is put into the scope when all of it has arrived, before Django reads the scope.

    A view that refuses large bodies itself gets the length of such a body, and none of its bytes. A body that
    declares a large length (``declared``) is not read at all.
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

    async def receive(self) -> Mapping[str, Any]:
        """Return the next message of the request."""
        if self.is_too_large:
            return await self._nothing_more()
        if self._is_left_to_view and self._is_past(self._declared):
            self.is_too_large = True
            return _END
        message = await self._receive()
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
