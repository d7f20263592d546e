"""A Valkey in which the site counts: it can be stopped, started again on its port, frozen and emptied."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import redis

from tests.support.servers import valkey
from tests.support.servers.launch import Server


class CountingStore:
    """The store of the limiter. What it has counted is lost when it stops."""

    def __init__(self) -> None:
        self.server: Server = valkey.start()
        self.url = self.server.url

    def stop(self) -> None:
        """Stop it. Whoever connects is refused."""
        self.server.stop()

    def start(self) -> None:
        """Start it again, empty, on the same port."""
        self.server = valkey.start(port=str(urlsplit(self.url).port))

    def flush(self) -> None:
        """Remove everything that it has counted."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()


@contextmanager
def counting_store() -> Iterator[CountingStore]:
    """Start one; stop it at the end."""
    store = CountingStore()
    try:
        yield store
    finally:
        store.server.stop()
