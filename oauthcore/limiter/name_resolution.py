"""A time limit for resolving a server's name: redis-py waits for that as long as the machine's resolver does.

That is 10 seconds and more by default, if no resolver answers.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Thread
from typing import Any


def limit(client: Any) -> Any:
    """Return a client whose new connections give up on a name when they would give up on a server."""
    from redis import Connection

    pool = client.connection_pool
    usual: Any = pool.connection_class
    if issubclass(usual, Connection):  # a socket of this machine has a path, and no name

        class Limited(usual):  # type: ignore[misc]
            def _connect(self) -> Any:
                _resolve(self.host, self.port, within=self.socket_connect_timeout)
                return super()._connect()

        pool.connection_class = Limited
    return client


def _resolve(host: str, port: int, *, within: float) -> None:
    """Have a name resolved. Raises TimeoutError if that takes longer than so many seconds.

    The thread that asks cannot be ended. It goes on until the resolver gives up.
    """

    def ask() -> None:
        with suppress(OSError):  # the connection gets the same error
            socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)

    thread = Thread(target=ask, name="oauthcore-resolver", daemon=True)
    thread.start()
    thread.join(within)
    if thread.is_alive():
        raise TimeoutError(f"the name was not resolved within {within:g} seconds")
