"""One request over ASGI: how much was asked for of its body, and what was answered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from asgiref.sync import async_to_sync


class Exchange:
    """A request whose body comes in ``pieces``; behind the last the client waits, or has hung up."""

    def __init__(
        self,
        text: str,
        *,
        method: str = "POST",
        path: str = "/v1/sets",
        pieces: Sequence[bytes] = (),
        client: Any = ("127.0.0.1", 5000),
        hangs_up: bool = False,
        **headers: str,
    ) -> None:
        sent = {"authorization": f"Bearer {text}", "host": "testserver", "content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "scheme": "https",
            "client": client,
            "server": ("testserver", 443),
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }
        self._pieces, self._hangs_up = list(pieces), hangs_up
        self.asked_for = 0
        self.messages: list[Any] = []

    def through(self, application: Any) -> Exchange:
        """Have it answered."""
        async_to_sync(application)(self.scope, self._receive, self._send)
        return self

    async def _receive(self) -> dict[str, Any]:
        self.asked_for += 1
        if self._pieces:
            piece = self._pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(self._pieces) or self._hangs_up}
        if not self._hangs_up:
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int | None:
        """The answer's status, or None where there is no answer."""
        return self.messages[0]["status"] if self.messages else None

    @property
    def headers(self) -> dict[str, str]:
        """The answer's headers."""
        return {name.decode().lower(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def body(self) -> bytes:
        """The answer's body."""
        return b"".join(one.get("body", b"") for one in self.messages)

    @property
    def error(self) -> Any:
        """The answer's error code."""
        return json.loads(self.body)["error"]
