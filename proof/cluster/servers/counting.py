"""Valkey with a replica, and three Sentinels that make the replica the primary when that is lost."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

import redis

from tests.support.servers import valkey
from tests.support.servers.launch import Server, ServerError

NAME = "limits"
MILLISECONDS_UNTIL_DOWN = 1000
SENTINELS, QUORUM = 3, 2
SECONDS = 20


class Valkeys:
    """The servers that count, and the Sentinels that watch them."""

    def __init__(self) -> None:
        self.servers: list[Server] = []
        self.sentinels: list[Server] = []
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        # A server waits for more replicas before it sends its data to the first one, 5 seconds by default.
        at_once = {"repl-diskless-sync-delay": "0"}
        self.servers.append(valkey.start(**at_once))
        first = _port(self.servers[0])
        self.servers.append(valkey.start(replicaof=f"127.0.0.1 {first}", **at_once))
        self._wait(lambda: _info(self.servers[1]).get("master_link_status") == "up")
        for _ in range(SENTINELS):
            self.sentinels.append(
                valkey.start_sentinel(first, name=NAME, quorum=QUORUM, milliseconds=MILLISECONDS_UNTIL_DOWN)
            )
        self._wait(self._know_each_other)

    @property
    def title(self) -> str:
        """Name and version."""
        return self.servers[0].title

    @property
    def url(self) -> str:
        """What stands in ``LIMITER_URL``."""
        hosts = ",".join(f"127.0.0.1:{_port(one)}" for one in self.sentinels)
        return f"redis+sentinel://{hosts}/{NAME}"

    def kill_primary(self) -> None:
        """Kill the server that the Sentinels call the primary. Raises ServerError if it is none of these."""
        with redis.Redis(port=_port(self.sentinels[0]), decode_responses=True) as client:
            _, port = client.sentinel_get_master_addr_by_name(NAME)
        server = next((one for one in self.servers if _port(one) == int(port)), None)
        if server is None or not _kill(server):
            raise ServerError("the primary of Valkey could not be killed")

    def kill_all(self) -> None:
        """Kill every server. The Sentinels stay."""
        for server in self.servers:
            _kill(server)

    def stop(self) -> None:
        """End everything."""
        for server in (*self.sentinels, *self.servers):
            server.stop()

    def _know_each_other(self) -> bool:
        """Return whether every Sentinel knows the others and the replica: only then a failover works."""
        for one in self.sentinels:
            with redis.Redis(port=_port(one), decode_responses=True) as client:
                state = client.sentinel_master(NAME)
                if state["num-other-sentinels"] < SENTINELS - 1 or state["num-slaves"] < 1:
                    return False
        return True

    def _wait(self, holds: object) -> None:
        ends_at = time.monotonic() + SECONDS
        while not holds():  # type: ignore[operator]
            if time.monotonic() > ends_at:
                raise ServerError("Valkey and its Sentinels do not find each other")
            time.sleep(0.1)


def _port(server: Server) -> int:
    return int(server.url.rpartition(":")[2].partition("/")[0])


def _info(server: Server) -> dict[str, object]:
    with redis.Redis(port=_port(server)) as client:
        found: dict[str, object] = client.info("replication")
        return found


def _kill(server: Server) -> bool:
    """Kill a server, and return whether there was one."""
    with suppress(redis.RedisError, ProcessLookupError), redis.Redis(port=_port(server)) as client:
        os.kill(client.info("server")["process_id"], signal.SIGKILL)
        return True
    return False
