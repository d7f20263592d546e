"""A body under ASGI, counted while it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oauthcore.asgi import Receive


class CountedBody:
    """The messages of a request, ended as if the client had gone once they hold more than ``most`` bytes.

    A body in chunks, or over HTTP/2, may declare no length, and the parsers of Django and DRF would take it
    for an empty one: when all of it has come, its length is put into the scope, before Django looks there.
    """

    def __init__(self, receive: Receive, scope: dict[str, Any], *, most: int | None) -> None:
        self._receive, self._scope, self._most = receive, scope, most
        self._size = 0
        self.is_too_large = False

    async def receive(self) -> Mapping[str, Any]:
        """Return the next message of the request."""
        if self.is_too_large:
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] != "http.request":
            return message
        self._size += len(message.get("body", b""))
        if self._most is not None and self._size > self._most:
            self.is_too_large = True
            return {"type": "http.disconnect"}
        if not message.get("more_body", False):
            self._declare()
        return message

    def _declare(self) -> None:
        headers = self._scope["headers"]
        names = {name for name, _ in headers}
        is_counted = b"transfer-encoding" in names or (b"content-length" not in names and self._size > 0)
        if is_counted:
            # A length beside chunks is none (RFC 9112 §6.3).
            kept = [(name, value) for name, value in headers if name != b"content-length"]
            self._scope["headers"] = [*kept, (b"content-length", str(self._size).encode())]
