"""For ASGI: a site wraps its application, because Django reads a whole body before any middleware or view.

::

    application = RequestLimits(get_asgi_application())
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

__all__ = ["RequestLimits"]

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class RequestLimits:
    """Refuses what a token may not send, or be sent from, unread; counts bodies whose length is not known."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer an HTTP request; pass on everything else, such as websockets."""
        # Not at the top: models can be imported only after the site's get_asgi_application() has been called.
        if scope["type"] == "lifespan":
            from oauthcore.api.wire.lifespan import live

            await live(self._application, scope, receive, send)
        elif scope["type"] == "http":
            from oauthcore.api.wire.request_limits import limited

            await limited(self._application, scope, receive, send)
        else:
            await self._application(scope, receive, send)
